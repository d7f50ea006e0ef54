using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using KubeProxyNext.Packets;
using KubeProxyNext.Unit.Netlink;
using KubeProxyNext.Unit.Programs.Packets.Wire;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>
/// The node's network, in a namespace of its own: devices, routes and neighbours as the programs' look-ups find them. Without
/// wires nothing is ever sent, and the devices lead nowhere.
/// </summary>
internal sealed class NodeNetwork : IDisposable
{
    internal const int SmallMtu = 1400;

    private readonly TemporaryNetwork _network;
    private readonly Dictionary<NodeDevice, WireDevice> _wires = [];

    internal NodeNetwork(IpFamily family, bool isWired)
    {
        _network = new() { Family = family };
        Devices = isWired ? NodeDevice.Wired : NodeDevice.All;
        Book = new() { Read = text => FamilyText.Address(family, text) };
        foreach (var (name, address) in NodeAddresses.All)
        {
            Book.Add(name, FamilyText.Address(family, address));
        }

        _network.Run(() => Forward(family));
        if (isWired)
        {
            _network.Run(OpenWires);
        }

        _network.Do(Devices.SelectMany(device => isWired ? WireLines(device) : CableLines(device)));
        _network.Do(Devices.SelectMany(device => Lines(family, device)));
        foreach (var device in Devices.Where(device => device.HasEthernet))
        {
            Book.Add(device.Name, device.Mac);
            Book.Add(device.Neighbour, device.NeighbourMac);
        }
    }

    internal AddressBook Book { get; }

    internal NodeDevice[] Devices { get; }

    internal NetworkNamespace Namespace => _network.Namespace;

    internal void Do(IEnumerable<string> lines) => _network.Do(lines);

    /// <summary>The other end of a device.</summary>
    internal WireDevice Wire(NodeDevice device) => _wires[device];

    public void Dispose()
    {
        foreach (var wire in _wires.Values)
        {
            wire.Dispose();
        }

        _network.Dispose();
    }

    private bool OpenWires()
    {
        foreach (var device in Devices)
        {
            _wires.Add(device, new(device));
        }

        return true;
    }

    private static IEnumerable<string> WireLines(NodeDevice device) =>
    [
        .. device.HasEthernet ? [$"link set {device.Name} address {device.Mac}"] : Array.Empty<string>(),
        $"link set {device.Name} mtu {device.Mtu} addrgenmode none",
    ];

    private static IEnumerable<string> CableLines(NodeDevice device) =>
    [
        $"link add {device.Name} index {device.Index} address {device.Mac} mtu {device.Mtu} type veth peer name {device.Neighbour}",
        $"link set {device.Neighbour} up",
    ];

    private static bool Forward(IpFamily family)
    {
        File.WriteAllText(family == IpFamily.IPv4 ? "/proc/sys/net/ipv4/ip_forward" : "/proc/sys/net/ipv6/conf/all/forwarding", "1");
        return true;
    }

    private static IEnumerable<string> Lines(IpFamily family, NodeDevice device)
    {
        var length = family == IpFamily.IPv4 ? 24 : 112;
        yield return $"link set {device.Name} up";
        yield return $"addr add {Text(device.Address)}/{length} dev {device.Name}{(family == IpFamily.IPv6 ? " nodad" : "")}";
        foreach (var neighbour in device.Neighbours)
        {
            yield return $"neigh add {Text(neighbour)} lladdr {device.NeighbourMac} dev {device.Name} nud permanent";
        }

        foreach (var (network, gateway) in device.Routes)
        {
            yield return $"route add {FamilyText.Network(family, network)} {(gateway.Length > 0 ? $"via {Text(gateway)} " : "")}dev {device.Name}";
        }

        string Text(string address) => $"{FamilyText.Address(family, address)}";
    }
}
