using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Telemetry;
using KubeProxyNext.Unit.Dataplane;

namespace KubeProxyNext.Unit.Programs;

/// <summary>Runs bpf/tests/lb.bpf.c, which shares the maps of a dataplane by their pins.</summary>
internal sealed class TestedRules<TBucket, TAddress> : ITestedRules
    where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private const int EthernetHeader = 14;
    private const int Refused = -111;
    private const int TimedOut = -110;
    private const int LeftAlone = 1;

    private static readonly MapCapacities Small = new(Frontends: 64, Slots: 1024, Sockets: 16, SourceRanges: 64, Affinities: 1024);

    private readonly TemporaryPins _pins = new();
    private readonly FamilyDataplane<TBucket, TAddress> _dataplane;
    private readonly BpfObject _object;
    private readonly BpfProgram _answer;
    private readonly Dictionary<string, uint> _backends = [];

    internal TestedRules()
    {
        _dataplane = new(_pins.Bpffs, Small, Client.HostNetns);
        _object = Open();
        SockObject.Configure(_object, FrontendTable<TBucket, TAddress>.MapEntries(Small.Frontends), Small, FrontendSeed.OfThisBoot(), Client.HostNetns);
        var maps = Directory.GetDirectories(_pins.Bpffs, "ipv*").Single();
        foreach (var map in _object.Maps.Where(map => !map.Name.Contains('.')))
        {
            map.PinAt(Path.Combine(maps, map.Name));
        }

        _object.Load();
        _answer = _object.Programs.Single();
    }

    public IFamilyDataplane Dataplane => _dataplane;

    public string Dial(FrontendAddress address, Client client, TimeSpan now)
    {
        var given = new LbCase<TAddress>
        {
            Netns = client.Netns,
            Now = (ulong)now.Ticks * TimeSpan.NanosecondsPerTick,
            Key = new(address),
            Source = client.Bound is { } bound ? TAddress.From(FamilyText.Address(TAddress.Family, bound)) : default,
        };
        return Describe(Run(given));
    }

    public void SetConnections(string backend, uint connections, uint flows)
    {
        ref var value = ref _dataplane.Maps.Backends[(int)_backends[backend]];
        Volatile.Write(ref value.Live, connections);
        Volatile.Write(ref value.Flows, flows);
    }

    public void EndGeneration(string backend) => _dataplane.Maps.EndGeneration(_backends[backend]);

    public ulong Count(Counter counter) =>
        _object.Map("counters").ReadPerCpu((int)counter).Aggregate(0UL, (sum, count) => sum + count);

    public void Dispose()
    {
        _object.Dispose();
        _dataplane.Dispose();
        _pins.Dispose();
    }

    private static BpfObject Open()
    {
        var name = $"lb{(int)TAddress.Family}";
        using var stream = typeof(TestedRules<TBucket, TAddress>).Assembly.GetManifestResourceStream($"{name}.bpf.o")!;
        var elf = new byte[stream.Length];
        stream.ReadExactly(elf);
        return BpfObject.Open(name, elf);
    }

    private LbCase<TAddress> Run(LbCase<TAddress> given)
    {
        var packet = new byte[EthernetHeader + Unsafe.SizeOf<LbCase<TAddress>>()];
        MemoryMarshal.Write(packet.AsSpan(EthernetHeader), in given);
        Assert.That(_answer.Run(packet), Is.Zero, "the program did not know the case");
        return MemoryMarshal.Read<LbCase<TAddress>>(packet.AsSpan(EthernetHeader));
    }

    private string Describe(LbCase<TAddress> answer)
    {
        switch (answer.Verdict)
        {
            case 0:
                var name = GivenService.NameOf(TAddress.Family, answer.BackendAddr.ToIpAddress());
                Assert.That(answer.BackendPort.Value, Is.EqualTo(8080), "the backend's own port");
                _backends[name] = answer.Backend;
                return name;
            case Refused:
                return "reject";
            case TimedOut:
                return "drop";
            case LeftAlone:
                return "left alone";
            default:
                return $"errno {-answer.Verdict}";
        }
    }
}
