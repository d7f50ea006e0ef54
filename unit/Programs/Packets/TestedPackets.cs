using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Netlink;
using KubeProxyNext.Packets;
using KubeProxyNext.Telemetry;
using KubeProxyNext.Unit.Dataplane;
using KubeProxyNext.Unit.Programs.Packets.Wire;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>Runs bpf/tc.bpf.c, which shares the maps of a dataplane by their pins.</summary>
internal sealed class TestedPackets<TBucket, TAddress> : ITestedPackets
    where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal const ushort FirstPort = 50000;
    internal const ushort LastPort = 50999;

    private static readonly MapCapacities Small = new(Frontends: 64, Slots: 1024, Sockets: 16, SourceRanges: 64, Affinities: 1024, Flows: 240);

    private readonly TemporaryPins _pins = new();
    private readonly NodeNetwork _network;
    private readonly List<BpfLink> _links = [];
    private readonly FamilyDataplane<TBucket, TAddress> _dataplane;
    private readonly BpfObject _object;
    private readonly BpfProgram[] _programs;
    private readonly FlowTable _flows;
    private readonly BpfMap<uint, DeviceValue<TAddress>> _devices;
    private readonly BpfMap<uint, PacketSettingsValue<TAddress>> _settings;

    internal TestedPackets(bool isWired)
    {
        _network = new(TAddress.Family, isWired);
        _dataplane = new(_pins.Bpffs, Small);
        _object = TcObject.Open(TAddress.Family, FrontendTable<TBucket, TAddress>.MapEntries(Small.Frontends), Small, FrontendSeed.OfThisBoot());
        var maps = Directory.GetDirectories(_pins.Bpffs, "ipv*").Single();
        foreach (var map in _object.Maps.Where(map => File.Exists(Path.Combine(maps, map.Name))))
        {
            map.PinAt(Path.Combine(maps, map.Name));
        }

        _object.Load();
        _flows = new(_object, System.Runtime.CompilerServices.Unsafe.SizeOf<TAddress>());
        _devices = new(_object.Map("devices"));
        _settings = new(_object.Map("packet_settings"));
        _programs = [.. Enum.GetValues<PacketHook>().Select(Program)];
        Configure(new());
        if (isWired)
        {
            InNetwork(AttachAll);
        }
    }

    public IFamilyDataplane Dataplane => _dataplane;

    public AddressBook Book => _network.Book;

    public void Configure(GivenNode node)
    {
        var pods = FamilyText.Network(TAddress.Family, "10.244.0.0/16");
        _ = _settings.TrySet(0, new()
        {
            HopGeneration = node.HopGeneration,
            PortFirst = FirstPort,
            PortLast = LastPort,
            Detector = node.Detector,
            MasqueradeAll = (byte)(node.MasqueradeAll ? 1 : 0),
            Node = Address("192.0.2.11"),
            Pods = new(pods),
        });
        foreach (var device in _network.Devices)
        {
            var flags = (node.Unserved.Contains(device.Name) ? DeviceFlags.None : DeviceFlags.Served)
                | (device.LeadsToPods ? DeviceFlags.Pods : DeviceFlags.None)
                | (device.LeadsToPods && node.Detector == LocalDetector.Device ? DeviceFlags.Detected : DeviceFlags.None);
            _ = _devices.TrySet((uint)device.Index, new(flags, Address(device.Address)));
        }
    }

    public WireDevice Wire(NodeDevice device) => _network.Wire(device);

    public void InNetwork(Action action) => NetworkNamespaces.Run(_network.Namespace, action);

    public void ChangeNetwork(params string[] lines) => _network.Do(lines);

    public PacketRun Run(PacketHook hook, ReadOnlySpan<byte> packet, Span<byte> changed, ref PacketContext context) =>
        _programs[(int)hook].Run(packet, changed, ref context);

    public IEnumerable<string> Flows(Ports ports) => _flows.Texts(Book, ports);

    public bool HasFlow(PacketHook hook, IpPacket ip) => _flows.Has(hook is PacketHook.Egress or PacketHook.EgressWithoutLink, ip);

    public void Age(uint ticks) => _flows.Age(ticks);

    public void Forget() => _flows.Clear();

    public ulong Count(Counter counter) =>
        _object.Map("counters").ReadPerCpu((int)counter).Aggregate(0UL, (sum, count) => sum + count);

    public void Dispose()
    {
        _links.ForEach(link => link.Dispose());
        _object.Dispose();
        _dataplane.Dispose();
        _network.Dispose();
        _pins.Dispose();
    }

    private static TAddress Address(string text) => TAddress.From(FamilyText.Address(TAddress.Family, text));

    private void AttachAll()
    {
        foreach (var device in _network.Devices)
        {
            var (ingress, egress) = device.HasEthernet
                ? (PacketHook.Ingress, PacketHook.Egress)
                : (PacketHook.IngressWithoutLink, PacketHook.EgressWithoutLink);
            _links.Add(_programs[(int)ingress].AttachTo(device.Index, DeviceHook.Ingress));
            _links.Add(_programs[(int)egress].AttachTo(device.Index, DeviceHook.Egress));
        }
    }

    private BpfProgram Program(PacketHook hook)
    {
        var name = hook switch
        {
            PacketHook.Ingress => "ingress",
            PacketHook.Egress => "egress",
            PacketHook.IngressWithoutLink => "ingress_l3_",
            _ => "egress_l3_",
        };
        return _object.Programs.Single(program => program.Name == $"{name}{(int)TAddress.Family}");
    }
}
