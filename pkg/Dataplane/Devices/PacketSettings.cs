using System.Runtime.InteropServices;
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

    private PacketConfig? _config;
    private PacketSettingsValue<TAddress> _written;

    /// <summary>What the map holds.</summary>
    internal PacketSettingsValue<TAddress> Written => Value;

    private ref PacketSettingsValue<TAddress> Value => ref _map[0];

    /// <summary>Puts right what somebody else has written. False where nothing was to be.</summary>
    internal bool Restore()
    {
        // Flows on their way into another table, and news of routes, change these two by themselves.
        var expected = _written with { HeldUntil = Value.HeldUntil, HopGeneration = Value.HopGeneration };
        if (_config is null || BytesOf(ref Value).SequenceEqual(BytesOf(ref expected)))
        {
            return false;
        }

        Set(_config);
        ForgetNextHops();
        return true;
    }

    /// <summary>Has no program use a next hop that it remembers: routes, links or neighbours changed.</summary>
    internal void ForgetNextHops()
    {
        var next = Volatile.Read(ref Value.HopGeneration) + 1;

        // 0 is the generation of no next hop.
        Volatile.Write(ref Value.HopGeneration, next == 0 ? 1 : next);
    }

    internal void Set(PacketConfig config)
    {
        _config = config;
        WritePorts(config.Ports);
        Volatile.Write(ref Value.MasqueradeAll, config.MasqueradeAll ? (byte)1 : (byte)0);
        Value.Node = config.NodeAddresses.Where(IsOurs).Select(TAddress.From).FirstOrDefault();
        WriteDetector(config.Detector, config.Pods.Where(network => network.Family == TAddress.Family).Take(1).ToArray());
        _written = Value;
    }

    public void Dispose() => _map.Dispose();

    private static Span<byte> BytesOf(ref PacketSettingsValue<TAddress> value) => MemoryMarshal.AsBytes(new Span<PacketSettingsValue<TAddress>>(ref value));

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
