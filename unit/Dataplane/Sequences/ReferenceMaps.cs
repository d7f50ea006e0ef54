using System.Collections.Concurrent;
using System.Collections.Immutable;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane.Sequences;

/// <summary>The maps as they should be, in memory: the plans in force, and what may be met while they change. One thread writes.</summary>
internal sealed class ReferenceMaps
{
    private readonly ConcurrentDictionary<FrontendAddress, Expected> _expected = [];
    private readonly Dictionary<ObjectName, ServicePlan> _plans = [];
    private volatile ImmutableList<ImmutableHashSet<IpAddress>> _nodeAddresses = [[]];

    /// <summary>The plans of Services that there are.</summary>
    internal IReadOnlyCollection<ServicePlan> Plans => _plans.Values;

    /// <summary>The plan of a Service; without ports where there is none.</summary>
    internal ServicePlan this[ObjectName service] => _plans.GetValueOrDefault(service) ?? new(service, []);

    /// <summary>The addresses that may accept NodePorts: those of before and those of now, while they change. Any thread may ask.</summary>
    internal ImmutableList<ImmutableHashSet<IpAddress>> NodeAddresses => _nodeAddresses;

    /// <summary>What may be met there. Any thread may ask.</summary>
    internal Expected At(FrontendAddress address) => _expected.GetValueOrDefault(address) ?? Expected.Nothing;

    /// <summary>From here on clients may meet these plans as well as what was in force before.</summary>
    internal void Begin(params IEnumerable<ServicePlan> plans)
    {
        foreach (var plan in plans)
        {
            Begin(plan, this[plan.Name]);
        }
    }

    /// <summary>The same, after a plan that is in force in part, since it did not fit.</summary>
    internal void Begin(ServicePlan plan, ServicePlan former)
    {
        var (before, after) = (FrontendsOf(former), FrontendsOf(plan));
        foreach (var address in before.Keys.Union(after.Keys))
        {
            var (old, next) = (before.GetValueOrDefault(address), after.GetValueOrDefault(address));
            Expect(address, [.. At(address).Any, next, .. old?.Until(plan, next) ?? []]);
        }
    }

    /// <summary>From here on they meet these plans and nothing else. An address has passed from the last of them to the first that has it.</summary>
    internal void End(params IReadOnlyList<ServicePlan> plans)
    {
        var before = plans.SelectMany(plan => FrontendsOf(this[plan.Name]).Keys).ToHashSet();
        foreach (var plan in plans.Reverse())
        {
            _plans.Remove(plan.Name);
            if (plan.Ports.Count > 0)
            {
                _plans.Add(plan.Name, plan);
            }
        }

        var after = plans.Reverse().SelectMany(FrontendsOf).ToDictionary(pair => pair.Key, pair => pair.Value);
        foreach (var address in before.Union(after.Keys))
        {
            Expect(address, [after.GetValueOrDefault(address)]);
        }
    }

    internal void BeginNodeAddresses(ImmutableHashSet<IpAddress> addresses) => _nodeAddresses = [.. _nodeAddresses, addresses];

    internal void EndNodeAddresses(ImmutableHashSet<IpAddress> addresses) => _nodeAddresses = [addresses];

    private void Expect(FrontendAddress address, ImmutableArray<PlannedFrontend?> any) =>
        _expected[address] = new(At(address).Version + 1, any);

    private static Dictionary<FrontendAddress, PlannedFrontend> FrontendsOf(ServicePlan plan) => plan.Ports
        .SelectMany(port => port.Frontends.Select(frontend => (frontend.Address, Planned: new PlannedFrontend(port, frontend))))
        .ToDictionary(pair => pair.Address, pair => pair.Planned);
}
