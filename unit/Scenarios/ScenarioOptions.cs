using KubeProxyNext.Model;
using KubeProxyNext.Planning;
using KubeProxyNext.Unit.Builders;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace KubeProxyNext.Unit.Scenarios;

/// <summary>What the process on the node is told, and what the machine has: <c>options.yaml</c>, where it is not as everywhere.</summary>
internal sealed class ScenarioOptions
{
    public string NodeName { get; set; } = "n1";

    public string[] Families { get; set; } = ["IPv4", "IPv6"];

    /// <summary>As <c>--nodeport-addresses</c>.</summary>
    public string[] NodePortAddresses { get; set; } = [];

    /// <summary>As <c>--iptables-localhost-nodeports</c>.</summary>
    public bool LocalhostNodePorts { get; set; } = true;

    /// <summary>As <c>--deny-external-ips</c>.</summary>
    public bool DenyExternalIPs { get; set; }

    /// <summary>As <c>--external-ip-cidrs</c>.</summary>
    public string[] ExternalIPCidrs { get; set; } = [];

    /// <summary>The addresses of the machine's interfaces.</summary>
    public string[] LocalAddresses { get; set; } =
        ["127.0.0.1", "192.0.2.11", "192.0.2.12", "::1", "2001:db8:a::11", "fe80::11"];

    /// <summary>Slots of a Maglev table: few, so that they can be read.</summary>
    public int MaglevTableSize { get; set; } = 13;

    public NodePortOptions NodePorts() => NodePortOptions.TryParse(NodePortAddresses, LocalhostNodePorts, out var options, out var error)
        ? options
        : throw new FormatException(error);

    public NodeConfig Node() => new(NodeName, Zone: null, [.. Families.Select(Enum.Parse<IpFamily>)])
    {
        DeniesExternalIPs = DenyExternalIPs,
        ExternalIPNetworks = [.. ExternalIPCidrs.Select(Text.Network)],
        MaglevTableSize = MaglevTableSize,
    };

    public IEnumerable<IpAddress> Local() => LocalAddresses.Select(address => IpAddress.Parse(address));

    /// <summary>Refuses what it does not know.</summary>
    public static ScenarioOptions Parse(string yaml) => new DeserializerBuilder()
        .WithNamingConvention(CamelCaseNamingConvention.Instance).Build().Deserialize<ScenarioOptions>(yaml);
}
