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
    private static readonly MapCapacities Small = new(Frontends: 64, Slots: 1024, Sockets: 16, SourceRanges: 64, Affinities: 1024);

    private readonly TemporaryPins _pins = new();
    private readonly FamilyDataplane<TBucket, TAddress> _dataplane;
    private readonly LookupProgram<TBucket, TAddress> _program;
    private readonly Dictionary<string, uint> _backends = [];

    internal TestedRules()
    {
        _dataplane = new(_pins.Bpffs, Small, Client.HostNetns);
        _program = new(_pins.Bpffs, Small);
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
        return Describe(_program.Run(given));
    }

    public void SetConnections(string backend, uint connections, uint flows)
    {
        ref var value = ref _dataplane.Maps.Backends[(int)_backends[backend]];
        Volatile.Write(ref value.Live, connections);
        Volatile.Write(ref value.Flows, flows);
    }

    public void EndGeneration(string backend) => _dataplane.Maps.EndGeneration(_backends[backend]);

    public ulong Count(Counter counter) =>
        _program.Counters.ReadPerCpu((int)counter).Aggregate(0UL, (sum, count) => sum + count);

    public void Dispose()
    {
        _program.Dispose();
        _dataplane.Dispose();
        _pins.Dispose();
    }

    private string Describe(LbCase<TAddress> answer)
    {
        if (answer.WithoutBackend is { } text)
        {
            return text;
        }

        var name = GivenService.NameOf(TAddress.Family, answer.BackendAddr.ToIpAddress());
        Assert.That(answer.BackendPort.Value, Is.EqualTo(8080), "the backend's own port");
        _backends[name] = answer.Backend;
        return name;
    }
}
