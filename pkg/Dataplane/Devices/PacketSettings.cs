using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>
/// The writer of <c>packet_settings</c>. Programs read them without a lock: what is written in pieces is out of use then. One thread at
/// a time.
/// </summary>
/// <param name="waitForGracePeriod">Blocks until no program works with what it read before.</param>
internal sealed class PacketSettings<TAddress>(BpfMap map, Action waitForGracePeriod) : IDisposable
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private readonly MappedArray<PacketSettingsValue<TAddress>> _map = new(map);

    /// <summary>What the map holds.</summary>
    internal PacketSettingsValue<TAddress> Written => Value;

    private ref PacketSettingsValue<TAddress> Value => ref _map[0];

    /// <summary>Has no program use a next hop that it remembers: routes, links or neighbours changed.</summary>
    internal void ForgetNextHops()
    {
        var next = Volatile.Read(ref Value.HopGeneration) + 1;

        // 0 is the generation of no next hop.
        Volatile.Write(ref Value.HopGeneration, next == 0 ? 1 : next);
    }

    internal void Set(PacketConfig config)
    {
        WritePorts(config.Ports);
        Volatile.Write(ref Value.MasqueradeAll, config.MasqueradeAll ? (byte)1 : (byte)0);
        Value.Node = config.NodeAddresses.Where(IsOurs).Select(TAddress.From).FirstOrDefault();
        WriteDetector(config.Detector, config.Pods.Where(network => network.Family == TAddress.Family).Take(1).ToArray());
    }

    public void Dispose() => _map.Dispose();

    private static bool IsOurs(IpAddress address) => address.Family == TAddress.Family;

    // At no instant does the first come after the last.
    private void WritePorts((ushort First, ushort Last) ports)
    {
        if (ports.Last >= Value.PortFirst)
        {
            Volatile.Write(ref Value.PortLast, ports.Last);
            Volatile.Write(ref Value.PortFirst, ports.First);
        }
        else
        {
            Volatile.Write(ref Value.PortFirst, ports.First);
            Volatile.Write(ref Value.PortLast, ports.Last);
        }
    }

    private void WriteDetector(LocalDetector detector, IpNetwork[] pods)
    {
        if (detector == LocalDetector.Network && pods.Length == 0)
        {
            detector = LocalDetector.None;
        }

        if (detector == LocalDetector.Network && new NetworkValue<TAddress>(pods[0]) is var network && network != Value.Pods)
        {
            if (Value.Detector == LocalDetector.Network)
            {
                Value.Detector = LocalDetector.None;
                waitForGracePeriod();
            }

            Value.Pods = network;
            Thread.MemoryBarrier();
        }

        Value.Detector = detector;
    }
}
