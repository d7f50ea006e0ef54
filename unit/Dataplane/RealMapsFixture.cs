using KubeProxyNext.Dataplane;
using IPv4Dataplane = KubeProxyNext.Dataplane.FamilyDataplane<KubeProxyNext.Dataplane.Maps.FrontendBucket4, KubeProxyNext.Dataplane.Maps.Address4>;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>Tests of an IPv4 dataplane on maps of the real kernel, pinned in a folder of the test's own.</summary>
public abstract class RealMapsFixture : PinsFixture
{
    private protected IPv4Dataplane Tested { get; set; } = null!;

    private protected abstract MapCapacities Small { get; }

    [SetUp]
    public void SetUp() => Tested = new(Pins.Bpffs, Small);

    [TearDown]
    public void TearDown() => Tested.Dispose();

    /// <summary>Ends the process, as far as the maps can tell, and begins another.</summary>
    private protected void Restart()
    {
        Tested.Dispose();
        Tested = new(Pins.Bpffs, Small);
    }

    /// <summary>Waits until all that was retired can be used again.</summary>
    private protected void Settle() => Tested.Drain();
}
