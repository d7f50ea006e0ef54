using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Dataplane.Succession;
using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// One family's maps and programs. Make before break: slots are filled before a set points at them, a set before a frontend does,
/// and what is taken away stays as it was until no program can be reading it.
/// </summary>
internal sealed partial class FamilyDataplane<TBucket, TAddress> : IFamilyDataplane
    where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private readonly Dictionary<ObjectName, List<PortState<TAddress>>> _services = [];
    private readonly Lock _inUse = new();
    private readonly GracePeriod _gracePeriod = new();
    private readonly BpfObject _programs;
    private readonly Reclaimer _reclaimer;
    private readonly FamilyMaps<TBucket, TAddress> _maps;
    private readonly Recovered<TAddress> _recovered;
    private readonly PinFolder _pins;
    private readonly SocketSweeper _sweeper;
    private readonly FamilyDevices<TAddress>? _devices;
    private readonly HashSet<Protocol> _toSweep = [];

    /// <summary>Loads the programs, with the maps that are pinned for them or with new ones. Nothing is attached yet.</summary>
    /// <param name="hostNetnsCookie">Of the network namespace that the node's own addresses are in.</param>
    /// <param name="devices">How devices are served; null where none is to be.</param>
    /// <param name="besideNetfilter">Whether rules of netfilter served the same clients until now.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal FamilyDataplane(
        string bpffs, MapCapacities capacities, ulong hostNetnsCookie = 0, ILogger? logger = null, DeviceAttach? devices = null,
        bool besideNetfilter = false)
    {
        var seed = FrontendSeed.OfThisBoot();
        var buckets = FrontendTable<TBucket, TAddress>.MapEntries(capacities.Frontends);
        _openExpiry = timeouts => ExpiryObject.Open(Family, buckets, capacities, timeouts, seed);
        try
        {
            _programs = SockObject.Open(Family, buckets, capacities, seed, hostNetnsCookie);
            using (var packets = OpenPackets())
            {
                _pins = PinFolder.Prepare(bpffs, Family, _programs, packets);
            }

            _pins.PinMaps(_programs);
            if (devices is { } attach)
            {
                Packets = new(Family, OpenPackets, opened => _pins.PinMaps(opened));
                _devices = new(Packets, new DeviceAttachments(_pins.Links, Family, attach), _gracePeriod.Wait)
                {
                    CarryFlows = () => CarryFlows(() => LoadBeside(CarryObject.OpenFlows(Family), TcObject.Configure)),
                };
            }

            _programs.Load();
            _sweeper = new(new SocketDestroyer(_programs, Family, logger ?? NullLogger.Instance));
            _reclaimer = new(_gracePeriod.Wait);
            var areEmpty = !_pins.HadMaps && _pins.Former is null;
            _maps = new(_programs, capacities, seed, _reclaimer, _gracePeriod.Wait, areEmpty);
            TakeFormer(() => LoadBeside(CarryObject.Open(Family), SockObject.Configure));
            _recovered = areEmpty ? new() : Recover();
            _maps.Settings.Recover(_recovered.Frontends);
            _maps.Unmap();
        }
        catch
        {
            Release();
            throw;
        }

        BpfObject OpenPackets() => TcObject.Open(Family, buckets, capacities, seed, hostNetnsCookie, besideNetfilter);

        // On the same maps.
        BpfObject LoadBeside(BpfObject opened, ConfigureObject configure)
        {
            try
            {
                configure(opened, buckets, capacities, seed, hostNetnsCookie);
                _pins.PinMaps(opened);
                opened.Load();
                return opened;
            }
            catch (BpfException)
            {
                opened.Dispose();
                throw;
            }
        }
    }

    public IpFamily Family => TAddress.Family;

    internal FamilyMaps<TBucket, TAddress> Maps => _maps;

    internal BpfObject Programs => _programs;

    public IFamilyDevices? Devices => _devices;

    /// <summary>Null where no device is to be served.</summary>
    internal PacketPrograms? Packets { get; }

    /// <summary>What packet programs are told; null before they are loaded.</summary>
    internal PacketSettingsValue<TAddress>? PacketSettings => _devices?.Settings;

    /// <summary>What packet programs know of devices, by index.</summary>
    internal IReadOnlyDictionary<int, DeviceValue<TAddress>?> WrittenDevices => _devices?.Written ?? new Dictionary<int, DeviceValue<TAddress>?>();

    public int FrontendCount => _maps.Frontends.Count;

    public Task? GracePeriod => _reclaimer.GracePeriod;

    public BpfMap Events => _programs.Map("events");

    public void Collect()
    {
        _reclaimer.Collect();
        foreach (var protocol in _toSweep)
        {
            _sweeper.Request(protocol);
        }

        _toSweep.Clear();
        CollectFlows();
    }

    /// <summary>Waits for all that waits for a grace period.</summary>
    internal void Drain()
    {
        _reclaimer.Drain();
        Collect();
    }

    /// <inheritdoc/>
    public void Unmap() => _maps.Unmap();

    /// <inheritdoc/>
    public IReadOnlyList<IpNetwork> SetServiceNetworks(IEnumerable<IpNetwork> networks) =>
        _maps.Settings.SetServiceNetworks([.. networks.Where(network => network.Family == Family)]);

    /// <inheritdoc/>
    public int SetNodeAddresses(IEnumerable<IpAddress> addresses, bool loopback)
    {
        var omitted = _maps.NodeAddresses.Set(addresses);
        _maps.Settings.SetNodeAddresses(loopback, _maps.NodeAddresses.Written.Count > 0);
        return omitted;
    }

    /// <inheritdoc/>
    public BindRefusal ReadBindEvent(byte[] record)
    {
        var value = MemoryMarshal.Read<BindEventValue<TAddress>>(record);
        return new(
            value.Comm.ToString(), (int)value.Pid, new(value.Addr.ToIpAddress(), value.Port, (Protocol)value.Protocol), FindServicePort(value.Service));
    }

    private delegate void ConfigureObject(BpfObject opened, int frontendBuckets, MapCapacities capacities, ulong seed, ulong hostNetnsCookie);

    public void Dispose()
    {
        Drain();
        Release();
    }

    // What has been made: not all of it, where it failed half way.
    private void Release()
    {
        _sweeper?.Dispose();
        _devices?.Dispose();
        _carryOver?.Dispose();
        _pins?.Dispose();
        _maps?.Dispose();
        _programs?.Dispose();
        _gracePeriod.Dispose();
    }
}
