using KubeProxyNext.Packets;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>A device of the node, and who is at its other end: all of them have the same link address.</summary>
internal sealed record NodeDevice(string Name, int Index, string Address, string Neighbour)
{
    /// <summary>To clients, and to the node with R1.</summary>
    internal static readonly NodeDevice Uplink = new("eth0", 10, "192.0.2.11", "switch0")
    {
        Neighbours = ["192.0.2.1", "192.0.2.21"],
        Routes = [("0.0.0.0/0", "192.0.2.1"), ("10.244.2.0/24", "192.0.2.21")],
    };

    /// <summary>To the node with R2: an overlay, whose packets must be smaller.</summary>
    internal static readonly NodeDevice Overlay = new("eth1", 11, "192.0.3.11", "switch1")
    {
        Neighbours = ["192.0.3.41"],
        Routes = [("10.244.3.0/24", "192.0.3.41")],
        Mtu = NodeNetwork.SmallMtu,
    };

    /// <summary>To the pods of this node.</summary>
    internal static readonly NodeDevice Pods = new("cni0", 12, "10.244.1.1", "pods")
    {
        Neighbours = ["10.244.1.5", "10.244.1.6", "10.244.1.50"],
        LeadsToPods = true,
    };

    /// <summary>One without Ethernet headers: to another client, and to the node with R2.</summary>
    internal static readonly NodeDevice Tunnel = new("tun0", 13, "192.0.4.11", "")
    {
        Routes = [("198.51.100.200/32", ""), ("10.244.3.0/24", "")],
        Mtu = NodeNetwork.SmallMtu,
        HasEthernet = false,
    };

    internal static readonly NodeDevice[] All = [Uplink, Overlay, Pods];

    /// <summary>Those whose other ends are in the test's hand.</summary>
    internal static readonly NodeDevice[] Wired = [Uplink, Pods, Tunnel];

    internal string[] Neighbours { get; init; } = [];

    /// <summary>The gateway is empty where all are reached directly.</summary>
    internal (string Network, string Gateway)[] Routes { get; init; } = [];

    internal int Mtu { get; init; } = 1500;

    internal bool LeadsToPods { get; init; }

    internal bool HasEthernet { get; init; } = true;

    internal MacAddress Mac => new(0x02_00_00_00_00_00UL + (ulong)Index);

    internal MacAddress NeighbourMac => new(0x02_00_00_00_01_00UL + (ulong)Index);

    internal static NodeDevice Find(string name) => All.Append(Tunnel).Single(device => device.Name == name);
}
