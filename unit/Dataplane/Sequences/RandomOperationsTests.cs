using System.Collections.Immutable;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using FragileDataplane = KubeProxyNext.Dataplane.FamilyDataplane<KubeProxyNext.Unit.Dataplane.Sequences.FragileBucket, KubeProxyNext.Unit.Dataplane.Sequences.FragileAddress>;

namespace KubeProxyNext.Unit.Dataplane.Sequences;

/// <summary>
/// Random operations and faults against a reference in memory: Services come, change and go, addresses pass from one to the other, maps are full,
/// and processes end, in order or in the midst of a write, and the next one takes over.
/// </summary>
[RequiresBpf]
[NonParallelizable]
public sealed class RandomOperationsTests
{
    private const string CountVariable = "MODEL_OPERATIONS", SeedVariable = "MODEL_SEED";
    private const int BetweenLooks = 100, BetweenRestarts = 2500;

    private static readonly MapCapacities Small = new(Frontends: 64, Slots: 512, Sockets: 16, SourceRanges: 128, Affinities: 1024);

    private readonly ReferenceMaps _reference = new();
    private TemporaryPins _pins = null!;
    private FragileDataplane _tested = null!;
    private Watcher _watcher = null!;
    private Random _random = null!;
    private RandomPlans _plans = null!;
    private int _interrupted, _refused;

    [SetUp]
    public void SetUp()
    {
        var seed = Number(SeedVariable, 4711);
        _random = new(seed);
        _plans = new(_random);
        _pins = new();
        _tested = new(_pins.Bpffs, Small);
        _watcher = new(_pins.Bpffs, Small, _reference, new(seed + 1));
    }

    [TearDown]
    public void TearDown()
    {
        _watcher.Dispose();
        _tested.Dispose();
        _pins.Dispose();
    }

    [Test]
    public void AnyOperations_EachAddressLeadsToTheOldOrTheNew_AndNothingIsLeftInTheEnd()
    {
        var operations = Number(CountVariable, 15_000);
        for (var count = 1; count <= operations; count++)
        {
            Operate();
            if (count % BetweenLooks == 0)
            {
                AssertSaysThePlans($"after {count} operations");
            }

            if (count % BetweenRestarts == 0)
            {
                AssertUsesWhatPlansNeed($"after {count} operations");
                Restart();
            }
        }

        foreach (var plan in _reference.Plans.ToList())
        {
            Apply(new ServicePlan(plan.Name, []));
        }

        AssertUsesWhatPlansNeed("in the end");
        TestContext.Out.WriteLine($"{operations} operations, {operations / BetweenRestarts} restarts, {_interrupted} of them in the midst of a write, "
            + $"{_refused} plans that did not fit, {_watcher.Looks} looks");
    }

    private void Operate()
    {
        var service = _random.Next(Universe.Services);
        var present = _reference[Name(service)];
        switch (_random.Next(20))
        {
            case 0:
                SetNodeAddresses();
                break;
            case 1 or 2:
                Apply(new ServicePlan(Name(service), []));
                break;
            case 3 when _random.Next(10) == 0:
                ApplyWhatDoesNotFit(service);
                break;
            case 4 or 5:
                PassAddress(service);
                break;
            case 6 when present.Ports.Count > 0:
                Apply(_plans.WithOtherName(present));
                break;
            case < 15 when present.Ports.Count > 0:
                Apply(_plans.WithOtherEndpoints(present));
                break;
            default:
                Apply(_plans.Any(service));
                break;
        }
    }

    private void Apply(params IReadOnlyList<ServicePlan> plans)
    {
        _reference.Begin(plans);
        foreach (var plan in plans)
        {
            _tested.Apply(plan);
        }

        _reference.End(plans);
        _tested.Collect();
    }

    // Who gets the address is written first, and who had it afterwards.
    private void PassAddress(int service)
    {
        var address = Universe.Passing[_random.Next(Universe.Passing.Count)];
        var owner = _reference.Plans.FirstOrDefault(plan => plan.Ports.Any(port => port.Frontends.Any(frontend => frontend.Address == address)));
        var heir = _reference[Name(service)];
        if (heir.Ports.Count == 0 || heir.Name == owner?.Name || heir.Ports[0].Protocol != address.Protocol)
        {
            return;
        }

        var policy = heir.Ports[0].Frontends[0].Internal;
        var frontend = new Frontend(address, FrontendKind.ExternalIP, policy, policy);
        Apply([RandomPlans.With(heir, frontend), .. owner is null ? [] : new[] { RandomPlans.Without(owner, address) }]);
    }

    // Its first port has more backends than there are slots: all of the Service may be old or new, port by port, until it is as before.
    private void ApplyWhatDoesNotFit(int service)
    {
        var present = _reference[Name(service)];
        var tooLarge = _plans.TooLarge(service, Small.SlotEntries);
        _reference.Begin(tooLarge);
        Assert.That(() => _tested.Apply(tooLarge), Throws.InstanceOf<MapFullException>());
        _tested.Collect();
        _refused++;
        _reference.Begin(present, former: tooLarge);
        _tested.Apply(present);
        _reference.End(present);
        _tested.Collect();
    }

    private void SetNodeAddresses()
    {
        var addresses = Universe.NodeAddresses.Where(_ => _random.Next(3) > 0).ToImmutableHashSet();
        _reference.BeginNodeAddresses(addresses);
        _tested.SetNodeAddresses(addresses, loopback: false);
        _reference.EndNodeAddresses(addresses);
    }

    // As the daemon does: all plans, in whatever order, then what nobody claimed goes.
    private void Restart()
    {
        var interrupted = _plans.Any(_random.Next(Universe.Services));
        if (_random.Next(2) == 0)
        {
            _tested.Dispose();
            interrupted = _reference[interrupted.Name];
        }
        else
        {
            AbandonDuring(interrupted);
        }

        _tested = TakeOver();
        ServicePlan[] plans = [.. _reference.Plans.Where(plan => plan.Name != interrupted.Name).Append(interrupted)];
        _random.Shuffle(plans);
        foreach (var plan in plans)
        {
            _tested.Apply(plan);
            _tested.Collect();
        }

        _tested.RemoveUnclaimed();
        _tested.Collect();
        _tested.SetNodeAddresses(_reference.NodeAddresses[0], loopback: false);
        _reference.End(interrupted);
        AssertSaysThePlans("after a restart");
    }

    // Nothing of it runs any more, not even Dispose: that would go on with what it had begun.
    private void AbandonDuring(ServicePlan plan)
    {
        _reference.Begin(plan);
        Interruption.After(_random.Next(1, 120));
        try
        {
            _tested.Apply(plan);
            _tested.Collect();
        }
        catch (Interruption)
        {
            _interrupted++;
        }

        Interruption.CallOff();
        _tested.Programs.Dispose();
        _tested.Maps.Dispose();
    }

    // It may end while it reads what the last one left, and maybe mends it.
    private FragileDataplane TakeOver()
    {
        while (true)
        {
            try
            {
                Interruption.After(_random.Next(1, 4) == 1 ? _random.Next(1, 800) : 0);
                return new(_pins.Bpffs, Small);
            }
            catch (Interruption)
            {
                _interrupted++;
            }
            finally
            {
                Interruption.CallOff();
            }
        }
    }

    // When all is quiet: nothing is left either that a program might still read.
    private void AssertSaysThePlans(string when)
    {
        _tested.Drain();
        Assert.That(_watcher.Fault, Is.Null, when);
        Assert.That(
            MapDump.Of(_tested).Where(line => !line.StartsWith("node address", StringComparison.Ordinal)),
            Is.EqualTo(_reference.Plans.SelectMany(PlanText.Of).Order(StringComparer.Ordinal)), when);
    }

    private void AssertUsesWhatPlansNeed(string when)
    {
        _tested.Drain();
        var ports = _reference.Plans.SelectMany(plan => plan.Ports).ToList();
        var maps = _tested.Maps;
        Assert.That(
            (maps.ServiceIds.Used, maps.SlotRanges.Used, maps.Frontends.Count, maps.SourceRanges.Recover().Sum(ranges => ranges.Count())),
            Is.EqualTo((
                ports.Count, ports.Sum(port => port.Sets.Sum(set => set.SlotCount)), ports.Sum(port => port.Frontends.Count),
                ports.Sum(port => port.SourceRanges.Distinct().Count()))),
            when);

        // What plans retain is needed as long as it was in a set before, which a new process does not know.
        var inSets = ports.Sum(port => BackendsOf(port).Count());
        var retained = ports.Sum(port => port.DestroysSockets ? RandomPlans.MostBackends : port.Retained.Count);
        Assert.That(maps.BackendIds.Used, Is.InRange(inSets, inSets + retained), when);
    }

    private static IEnumerable<(IpAddress, ushort)> BackendsOf(ServicePortPlan port) =>
        port.Sets.SelectMany(set => set.Backends.Select(backend => (backend.Ip, backend.Port))).Distinct();

    private static ObjectName Name(int service) => new("default", RandomPlans.NameOf(service));

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, null) : otherwise;
}
