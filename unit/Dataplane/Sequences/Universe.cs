using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane.Sequences;

/// <summary>All addresses that plans of chance may have, and those of the node.</summary>
internal static class Universe
{
    internal const int Services = 8;

    private const int Ports = 3, Shared = 4;

    internal static IReadOnlyList<IpAddress> NodeAddresses { get; } = [IpAddress.Parse("198.18.0.1"), IpAddress.Parse("198.18.0.2")];

    /// <summary>Clients of the node: some of them are in ranges that plans let in.</summary>
    internal static IReadOnlyList<IpAddress> Clients { get; } = [IpAddress.Parse("10.0.0.1"), IpAddress.Parse("10.1.200.1"), IpAddress.Parse("192.0.2.1")];

    /// <summary>Addresses that pass from Service to Service.</summary>
    internal static IReadOnlyList<FrontendAddress> Passing { get; } =
        [.. Enumerable.Range(1, Shared).Select(number => new FrontendAddress(IpAddress.Parse($"203.0.113.{number}"), 443, Protocol.Tcp))];

    /// <summary>Every address, NodePorts with the zero address.</summary>
    internal static IReadOnlyList<FrontendAddress> Frontends { get; } =
    [
        .. Passing,
        .. from service in Enumerable.Range(0, Services)
           from port in Enumerable.Range(0, Ports)
           from protocol in new[] { Protocol.Tcp, Protocol.Udp }
           from address in new[] { $"10.96.0.{service}:{80 + port}", $"198.51.100.{service}:{80 + port}", $"0.0.0.0:{30000 + 10 * service + port}" }
           select Plans.Address(address, protocol),
    ];
}
