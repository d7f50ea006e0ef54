using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>Where one family's NodePorts are answered on this node.</summary>
/// <param name="Addresses">Sorted, without loopback addresses.</param>
/// <param name="OnLoopback">On loopback addresses too, for clients in the host's network namespace; never for IPv6.</param>
public sealed record NodePortAddresses(ValueArray<IpAddress> Addresses, bool OnLoopback)
{
    private static readonly IpAddress Loopback = IpAddress.Parse("127.0.0.1");
    private static readonly IpAddress Broadcast = IpAddress.Parse("255.255.255.255");

    /// <summary>Behaviour 2.3, with the default of iptables mode. A local address that nothing lets in is not an error, nor is none at all.</summary>
    /// <param name="nodeAddresses">The Node object's (behaviour 1.6), for <c>primary</c>.</param>
    /// <param name="local">Of all interfaces, in any order, of any family.</param>
    public static NodePortAddresses Of(
        IpFamily family, NodePortOptions options, ValueArray<IpAddress> nodeAddresses, IEnumerable<IpAddress> local)
    {
        IpNetwork[] networks = [.. NetworksOf(options, nodeAddresses).Where(network => network.Family == family)];
        bool Admits(IpAddress address) => networks.Length == 0 || networks.Any(network => network.Contains(address));

        return new(
            [.. local.Where(address => address.Family == family && IsThisNodes(address) && Admits(address)).Distinct().Order()],
            OnLoopback: family == IpFamily.IPv4 && options is { Localhost: true, IsPrimary: false } && Admits(Loopback));
    }

    /// <summary>
    /// Where a server of this node listens that is to answer wherever NodePorts do (behaviour 7.2): the zero address where no network is
    /// excluded, else the local addresses that the networks have, loopback too. Link-local addresses of IPv6 need an interface to be listened at.
    /// </summary>
    /// <inheritdoc cref="Of" path="/param"/>
    public static ValueArray<IpAddress> ToListenAt(
        IpFamily family, NodePortOptions options, ValueArray<IpAddress> nodeAddresses, IEnumerable<IpAddress> local)
    {
        IpNetwork[] networks = [.. NetworksOf(options, nodeAddresses).Where(network => network.Family == family)];
        return networks.Length == 0 || networks.Any(network => network.PrefixLength == 0)
            ? [IpAddress.Parse(family == IpFamily.IPv4 ? "0.0.0.0" : "::")]
            : [.. local.Where(address => IsListenable(address) && networks.Any(network => network.Contains(address))).Distinct().Order()];
    }

    // A node IP that is not known leaves its family without a network, and so open: as upstream has it.
    private static IEnumerable<IpNetwork> NetworksOf(NodePortOptions options, ValueArray<IpAddress> nodeAddresses) => options.IsPrimary
        ? new[] { NodeIP.Of(nodeAddresses, IpFamily.IPv4), NodeIP.Of(nodeAddresses, IpFamily.IPv6) }
            .Where(address => !address.IsLoopback)
            .Select(address => new IpNetwork(address, address.BitLength))
        : options.Networks;

    // A link-local address of IPv6 says nothing without its interface: pods and neighbours dial the same ones and mean others.
    private static bool IsThisNodes(IpAddress address) =>
        !address.IsLoopback && !address.IsUnspecified && !address.IsMulticast && address != Broadcast
        && !(address.Family == IpFamily.IPv6 && address.IsLinkLocal);

    private static bool IsListenable(IpAddress address) => address.Family == IpFamily.IPv4 || !address.IsLinkLocal;
}
