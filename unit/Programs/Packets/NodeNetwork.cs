using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using KubeProxyNext.Packets;
using KubeProxyNext.Unit.Netlink;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>
/// The node's network, in a namespace of its own: devices, routes and neighbours as the programs' look-ups find them. Nothing is ever
/// sent, so the devices lead nowhere.
/// </summary>
internal sealed class NodeNetwork : IDisposable
{
    internal const int SmallMtu = 1400;

    private readonly TemporaryNetwork _network;

    internal NodeNetwork(IpFamily family)
    {
        _network = new() { Family = family };
        Book = new() { Read = text => FamilyText.Address(family, text) };
        foreach (var (name, address) in NodeAddresses.All)
        {
            Book.Add(name, FamilyText.Address(family, address));
        }

        _network.Run(() => Forward(family));
        _network.Do(NodeDevice.All.SelectMany(device => Lines(family, device)));
        foreach (var device in NodeDevice.All)
        {
            Book.Add(device.Name, device.Mac);
            Book.Add(device.Neighbour, device.NeighbourMac);
        }
    }

    internal AddressBook Book { get; }

    internal NetworkNamespace Namespace => _network.Namespace;

    internal void Do(IEnumerable<string> lines) => _network.Do(lines);

    public void Dispose() => _network.Dispose();

    private static bool Forward(IpFamily family)
    {
        File.WriteAllText(family == IpFamily.IPv4 ? "/proc/sys/net/ipv4/ip_forward" : "/proc/sys/net/ipv6/conf/all/forwarding", "1");
        return true;
    }

    private static IEnumerable<string> Lines(IpFamily family, NodeDevice device)
    {
        var length = family == IpFamily.IPv4 ? 24 : 112;
        yield return $"link add {device.Name} index {device.Index} address {device.Mac} mtu {device.Mtu} type veth peer name {device.Neighbour}";
        yield return $"link set {device.Name} up";
        yield return $"link set {device.Neighbour} up";
        yield return $"addr add {Text(device.Address)}/{length} dev {device.Name}{(family == IpFamily.IPv6 ? " nodad" : "")}";
        foreach (var neighbour in device.Neighbours)
        {
            yield return $"neigh add {Text(neighbour)} lladdr {device.NeighbourMac} dev {device.Name} nud permanent";
        }

        foreach (var (network, gateway) in device.Routes)
        {
            yield return $"route add {FamilyText.Network(family, network)} via {Text(gateway)} dev {device.Name}";
        }

        string Text(string address) => $"{FamilyText.Address(family, address)}";
    }
}
