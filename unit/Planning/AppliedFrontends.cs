using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Planning;

/// <summary>A dataplane of nothing but frontends: sets a plan's, then takes away what the Service had and has no more.</summary>
internal sealed class AppliedFrontends
{
    private readonly Dictionary<FrontendAddress, ObjectName> _owners = [];

    public IReadOnlyDictionary<FrontendAddress, ObjectName> Owners => _owners;

    /// <summary>Returns the addresses that nobody has now and somebody had before.</summary>
    public IReadOnlyList<FrontendAddress> Apply(ServicePlan plan)
    {
        var wanted = plan.Ports.SelectMany(port => port.Frontends).Select(frontend => frontend.Address).ToHashSet();
        foreach (var address in wanted)
        {
            _owners[address] = plan.Name;
        }

        var lost = _owners.Where(item => item.Value == plan.Name && !wanted.Contains(item.Key)).Select(item => item.Key).ToList();
        lost.ForEach(address => _owners.Remove(address));
        return lost;
    }
}
