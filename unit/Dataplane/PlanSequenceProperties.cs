using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Unit.Dataplane.Sequences;
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
            newest[service] = random.Next(8) == 0 ? Gone($"web-{service}") : new RandomPlans(random).Any(service);

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
}
