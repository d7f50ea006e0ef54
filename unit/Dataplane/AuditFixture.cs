using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>Tests in which somebody else changes what the dataplane has left.</summary>
public abstract class AuditFixture : RealMapsFixture
{
    private protected CgroupHandle Cgroup { get; private set; } = null!;

    private protected override MapCapacities Small { get; } = new(Frontends: 16, Slots: 64, Sockets: 16, SourceRanges: 16);

    [SetUp]
    public void OpenCgroup() => Cgroup = CgroupHandle.Open(Pins.Cgroup);

    [TearDown]
    public void CloseCgroup() => Cgroup.Dispose();

    /// <summary>Puts right what others have changed, and gives what that was.</summary>
    private protected IReadOnlyList<Drift> Audit()
    {
        var report = new AuditReport();
        Tested.Audit(Cgroup, report);
        Assert.That(report.Failures, Is.Empty);
        return report.Drifts;
    }

    /// <summary>Takes all frontends away.</summary>
    private protected void FlushFrontends()
    {
        using var map = new MappedArray<FrontendBucket4>(Tested.Programs.Map("frontends"));
        for (var i = 0; i < map.Count; i++)
        {
            map[i] = default;
        }
    }
}
