using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using KernelDataplane = KubeProxyNext.Dataplane.Dataplane;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>One process works in a folder, also where somebody removes that.</summary>
[RequiresBpf]
public sealed class PinOwnerTests : PinsFixture
{
    private static readonly MapCapacities Small = new(Frontends: 16, Slots: 64, Sockets: 16);

    [Test]
    public void Keep_FolderIsRemoved_HasTheNextOne()
    {
        using var owner = PinOwner.Take(Pins.Bpffs);
        Directory.Delete(Pins.Bpffs);

        Assert.That(owner.Keep(), Is.True);

        Assert.That(() => PinOwner.Take(Pins.Bpffs), Throws.TypeOf<BpfException>().With.Message.Contains("another kube-proxy-next"));
    }

    [Test]
    public void Keep_AnotherHasTheNextFolder_IsLostForGood()
    {
        using var owner = PinOwner.Take(Pins.Bpffs);
        Directory.Delete(Pins.Bpffs);
        using (PinOwner.Take(Pins.Bpffs))
        {
            Assert.That(owner.Keep(), Is.False);
        }

        Assert.That(owner.Keep(), Is.False, "the other one may have changed what this one knows");
        Assert.That(PinOwner.IsTaken(Pins.Bpffs), Is.False);
    }

    [Test]
    public void Dispose_AnotherHasTheNextFolder_LeavesThat()
    {
        var owner = PinOwner.Take(Pins.Bpffs);
        Directory.Delete(Pins.Bpffs);
        using var other = PinOwner.Take(Pins.Bpffs);

        owner.Dispose();

        Assert.That(Pins.Bpffs, Does.Exist);
        Assert.That(owner.Keep(), Is.False, "it has let go");
    }

    [Test]
    public async Task WaitForAnother_AnotherHasTheNextFolder_Completes()
    {
        using var owner = PinOwner.Take(Pins.Bpffs);
        Directory.Delete(Pins.Bpffs);
        using var other = PinOwner.Take(Pins.Bpffs);

        await owner.WaitForAnotherAsync(TimeProvider.System, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task Wait_FolderIsRemoved_HasTheNextOne()
    {
        using var owner = await PinOwner.WaitAsync(Pins.Bpffs, TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);

        Assert.That(PinOwner.IsTaken(Pins.Bpffs), Is.True);
    }

    [Test]
    public void Audit_AnotherHasTheNextFolder_PutsNothingBack()
    {
        using var dataplane = KernelDataplane.Load(Pins.Bpffs, Pins.Cgroup, [IpFamily.IPv4], Small);
        dataplane.Attach();
        Directory.Delete(Pins.Bpffs, recursive: true);
        using var other = PinOwner.Take(Pins.Bpffs);

        Assert.That(dataplane.Audit().Drifts, Is.Empty);

        Assert.That(Directory.EnumerateFileSystemEntries(Pins.Bpffs), Is.Empty);
    }
}
