using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;
using PositiveInt = FsCheck.PositiveInt;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>Whatever plans come one after the other: the maps say what the newest ones say, and in the end nothing is left in use.</summary>
[RequiresBpf]
public sealed class PlanSequenceProperties : RealMapsFixture
{
    private const int Services = 3;

    private protected override MapCapacities Small { get; } = new(Frontends: 64, Slots: 256, Sockets: 16, SourceRanges: 64);

    [FsCheck.NUnit.Property(Replay = "(4711,4713)", MaxTest = 40)]
    public void AnySequence_MapsSayTheNewestPlans_AndAreFreeInTheEnd(PositiveInt[] steps)
    {
        var newest = new Dictionary<int, ServicePlan>();
        foreach (var step in steps.Select(step => step.Get))
        {
            var random = new Random(step);
            var service = random.Next(Services);
            newest[service] = random.Next(8) == 0 ? Gone($"web-{service}") : RandomPlan(service, random);

            Tested.Apply(newest[service]);
            Tested.Collect();

            Assert.That(MapDump.Of(Tested), Is.EqualTo(newest.Values.SelectMany(PlanText.Of).Order(StringComparer.Ordinal)));
        }

        for (var service = 0; service < Services; service++)
        {
            Tested.Apply(Gone($"web-{service}"));
        }

        Settle();
        AssertAllFree();
    }

    private void AssertAllFree()
    {
        Assert.That(MapDump.Of(Tested), Is.Empty);
        Assert.That(Tested.Maps.SourceRanges.Recover(), Is.Empty);
        var slots = Tested.Maps.SlotRanges.Take(Small.Slots);
        Assert.That(slots, Is.EqualTo(new SlotRange(0, Small.Slots)));
        Tested.Maps.SlotRanges.Return(slots);
        AssertAllFree(Tested.Maps.ServiceIds, Small.Frontends);
        AssertAllFree(Tested.Maps.BackendIds, Small.SlotEntries);
    }

    private static void AssertAllFree(IdPool pool, int capacity)
    {
        uint[] ids = [.. Enumerable.Range(0, capacity).Select(_ => pool.Take())];
        Assert.That(ids, Is.Unique);
        Array.ForEach(ids, pool.Return);
    }

    private static ServicePlan RandomPlan(int service, Random random) => Service($"web-{service}",
        [.. Enumerable.Range(0, random.Next(1, 4)).Select(port => RandomPort(service, port, random))]);

    private static ServicePortPlan RandomPort(int service, int port, Random random)
    {
        var protocol = random.Next(3) == 0 ? Protocol.Udp : Protocol.Tcp;
        var (inside, outside) = (RandomPolicy(random), RandomPolicy(random));
        List<Frontend> frontends = [ClusterIP($"10.96.0.{service}:{80 + port}", inside, protocol)];
        if (random.Next(2) == 0)
        {
            frontends.Add(External(FrontendKind.NodePort, $"0.0.0.0:{30000 + 10 * service + port}", outside, protocol));
        }

        if (random.Next(2) == 0)
        {
            frontends.Add(External(FrontendKind.LoadBalancerIP, $"198.51.100.{service}:{80 + port}", outside, protocol));
        }

        var policies = frontends.SelectMany(frontend => new[] { frontend.Internal, frontend.External }).Distinct();
        return new($"port-{port}", protocol, IpFamily.IPv4, [.. frontends], [.. policies.Order().Select(policy => RandomSet(policy, random))])
        {
            AffinityTimeout = random.Next(3) == 0 ? TimeSpan.FromSeconds(random.Next(1, 86400)) : null,
            Algorithm = (BalancingAlgorithm)random.Next(4),
            DestroysSockets = protocol == Protocol.Udp || random.Next(4) == 0,
            Retained = RandomBackends(random, 2),
            SourceRanges = [.. Enumerable.Range(0, random.Next(3)).Select(i => new IpNetwork(IpAddress.Parse($"10.{i}.0.0"), 16 + random.Next(2)))],
            AdmitsNode = random.Next(2) == 0,
        };
    }

    private static BackendSet RandomSet(TrafficPolicy policy, Random random)
    {
        var backends = RandomBackends(random, 5);
        ushort[] layout = backends.IsEmpty || random.Next(2) == 0 ? [] : [.. Enumerable.Range(0, 7).Select(slot => (ushort)(slot % backends.Count))];
        return new(policy, backends, (NoBackendVerdict)random.Next(2), [.. layout]);
    }

    // A weight belongs to the backend, whichever set has it.
    private static ValueArray<Backend> RandomBackends(Random random, int most) =>
        [.. Enumerable.Range(1, most).Where(_ => random.Next(2) == 0).Select(i => new Backend(IpAddress.Parse($"10.0.1.{i}"), 8080, Weight: (ushort)i))];

    private static TrafficPolicy RandomPolicy(Random random) => (TrafficPolicy)random.Next(2);
}
