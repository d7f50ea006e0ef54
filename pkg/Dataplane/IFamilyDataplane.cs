using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>The dataplane of one family: the two families are two instances of one thing.</summary>
internal interface IFamilyDataplane : IDisposable
{
    IpFamily Family { get; }

    /// <summary>How many frontends are in force.</summary>
    int FrontendCount { get; }

    /// <summary>Makes the maps say what the plan says; what is equal already is not written.</summary>
    /// <exception cref="MapFullException">A map has no room; what was in force before still is.</exception>
    void Apply(ServicePlan plan);

    /// <summary>Removes what an earlier process left in the maps and no plan has claimed.</summary>
    void RemoveUnclaimed();

    /// <summary>Attaches the programs, or has the attached ones replaced, and removes what an earlier build left.</summary>
    void Attach(Bpf.CgroupHandle cgroup);

    /// <summary>Lets entries be used again whose grace period is over.</summary>
    void Collect();
}
