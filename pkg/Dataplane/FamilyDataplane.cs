using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// One family's maps and programs. Make before break: slots are filled before a set points at them, a set before a frontend does,
/// and what is taken away stays as it was until no program can be reading it.
/// </summary>
internal sealed partial class FamilyDataplane<TBucket, TAddress> : IFamilyDataplane
    where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private readonly Dictionary<ObjectName, List<PortState<TAddress>>> _services = [];
    private readonly GracePeriod _gracePeriod = new();
    private readonly BpfObject _programs;
    private readonly Reclaimer _reclaimer;
    private readonly FamilyMaps<TBucket, TAddress> _maps;
    private readonly Recovered<TAddress> _recovered;
    private readonly PinFolder _pins;

    /// <summary>Loads the programs, with the maps that are pinned for them or with new ones. Nothing is attached yet.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal FamilyDataplane(string bpffs, MapCapacities capacities)
    {
        var seed = FrontendSeed.OfThisBoot();
        _programs = SockObject.Open(Family, FrontendTable<TBucket, TAddress>.MapEntries(capacities.Frontends), capacities, seed);
        _pins = PinFolder.Prepare(bpffs, Family, _programs);
        _programs.Load();
        _reclaimer = new(_gracePeriod.Wait);
        _maps = new(_programs, capacities, seed, _reclaimer);
        _recovered = _pins.HadMaps ? Recover() : new();
        _maps.Unmap();
    }

    public IpFamily Family => TAddress.Family;

    internal FamilyMaps<TBucket, TAddress> Maps => _maps;

    public int FrontendCount => _maps.Frontends.Count;

    public void Collect() => _reclaimer.Collect();

    public void Attach(CgroupHandle cgroup)
    {
        // What ends a thing before what begins it: a socket that connects in between would stay in the table for good.
        foreach (var program in _programs.Programs.OrderBy(Begins))
        {
            _pins.Attach(program, cgroup);
        }

        _pins.RemoveOlder(_programs.Programs);
    }

    private static bool Begins(BpfProgram program) =>
        program.Name.StartsWith("connect", StringComparison.Ordinal) || program.Name.StartsWith("sendmsg", StringComparison.Ordinal);

    public void Dispose()
    {
        _reclaimer.Drain();
        _maps.Dispose();
        _programs.Dispose();
        _gracePeriod.Dispose();
    }
}
