using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>A Service whose plan could not be put in force, and why; what was in force for it before still is.</summary>
public sealed record ApplyFailure(ServicePlan Plan, Exception Error);

/// <summary>
/// The maps and programs in the kernel. They are pinned: they stay at work when this object, or the process, is gone.
/// One thread at a time.
/// </summary>
public sealed class Dataplane : IDisposable
{
    private readonly IFamilyDataplane[] _families;
    private readonly CgroupHandle _cgroup;
    private readonly FolderLock _alone;

    private Dataplane(IFamilyDataplane[] families, CgroupHandle cgroup, FolderLock alone) =>
        (_families, _cgroup, _alone) = (families, cgroup, alone);

    /// <summary>How many frontends are in force.</summary>
    public int FrontendCount => _families.Sum(family => family.FrontendCount);

    /// <summary>
    /// Loads maps and programs for the families of this node. Maps that are pinned already are taken over with what they hold;
    /// nothing is attached or replaced before <see cref="Attach"/>.
    /// </summary>
    /// <param name="bpffs">A folder in a bpffs; it is made where it is missing.</param>
    /// <param name="cgroup">The cgroup2 directory whose processes are served.</param>
    /// <exception cref="BpfException">The kernel refused, or another process works on the same pins.</exception>
    public static Dataplane Load(string bpffs, string cgroup, IEnumerable<IpFamily> families, MapCapacities capacities)
    {
        var handle = CgroupHandle.Open(cgroup);
        FileSystem.CreatePinFolder(bpffs);
        var alone = FolderLock.Take(bpffs);
        var used = families.ToHashSet();
        foreach (var unused in Enum.GetValues<IpFamily>().Where(family => !used.Contains(family)))
        {
            PinFolder.RemoveFamily(bpffs, unused);
        }

        return new(LoadSideBySide(used, bpffs, capacities), handle, alone);
    }

    /// <summary>Detaches the programs and removes everything of ours that is pinned. False when there was nothing.</summary>
    /// <exception cref="BpfException">The folder is not in a bpffs, or a daemon works there.</exception>
    public static bool Cleanup(string bpffs) => PinFolder.RemoveAll(bpffs);

    /// <summary>Puts the plans in force, each by itself. Returns those that could not be.</summary>
    public IReadOnlyList<ApplyFailure> Apply(IReadOnlyList<ServicePlan> plans)
    {
        var failures = new List<ApplyFailure>();
        foreach (var family in _families)
        {
            foreach (var plan in plans)
            {
                try
                {
                    family.Apply(plan);
                }
                catch (Exception error) when (error is MapFullException or BpfException)
                {
                    failures.Add(new(plan, error));
                }
            }

            family.Collect();
        }

        return failures;
    }

    /// <summary>
    /// Removes what an earlier process left in the maps and none of the plans applied so far has claimed: for when everything
    /// that exists has been applied once.
    /// </summary>
    public void RemoveUnclaimed() => Array.ForEach(_families, family => family.RemoveUnclaimed());

    /// <summary>Puts the programs to work, or replaces those at work in one step each.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void Attach() => Array.ForEach(_families, family => family.Attach(_cgroup));

    public void Dispose()
    {
        Array.ForEach(_families, family => family.Dispose());
        _cgroup.Dispose();
        _alone.Dispose();
    }

    // Most of a load is libbpf reading the kernel's types and the verifier at work: each family can have a CPU for that.
    private static IFamilyDataplane[] LoadSideBySide(IEnumerable<IpFamily> families, string bpffs, MapCapacities capacities)
    {
        var loads = families.Select(family => Task.Run(() => Load(family, bpffs, capacities))).ToArray();
        try
        {
            return Task.WhenAll(loads).GetAwaiter().GetResult();
        }
        catch (BpfException)
        {
            foreach (var load in loads.Where(load => load.IsCompletedSuccessfully))
            {
                load.Result.Dispose();
            }

            throw;
        }
    }

    private static IFamilyDataplane Load(IpFamily family, string bpffs, MapCapacities capacities) => family == IpFamily.IPv4
        ? new FamilyDataplane<FrontendBucket4, Address4>(bpffs, capacities)
        : new FamilyDataplane<FrontendBucket6, Address6>(bpffs, capacities);
}
