using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using KernelDataplane = KubeProxyNext.Dataplane.Dataplane;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>Cleaning up takes away what is ours, and nothing else.</summary>
[RequiresBpf]
public sealed class CleanupTests : PinsFixture
{
    private static readonly MapCapacities Small = new(Frontends: 16, Slots: 64, Sockets: 16);

    [Test]
    public void Cleanup_OnlyOurs_LeavesNoFolder()
    {
        Run();

        Assert.That(KernelDataplane.Cleanup(Pins.Bpffs), Is.True);

        Assert.That(Pins.Bpffs, Does.Not.Exist);
        Assert.That(KernelDataplane.Cleanup(Pins.Bpffs), Is.False, "there is nothing left");
    }

    [Test]
    public void Cleanup_OthersPinInTheSameFolder_LeavesThoseAlone()
    {
        string[] foreign = [Path.Combine(Pins.Bpffs, "cilium"), Path.Combine(Pins.Bpffs, "ipv4-pool"), Path.Combine(Pins.Bpffs, "links", "wan")];
        Array.ForEach(foreign, folder => Directory.CreateDirectory(folder));
        Run();

        KernelDataplane.Cleanup(Pins.Bpffs);

        var left = Directory.GetDirectories(Pins.Bpffs, "*", SearchOption.AllDirectories);
        Array.ForEach([.. foreign.Reverse(), Path.Combine(Pins.Bpffs, "links")], Directory.Delete);
        Directory.Delete(Pins.Bpffs);
        Assert.That(left, Is.EquivalentTo([.. foreign, Path.Combine(Pins.Bpffs, "links")]));
    }

    [Test]
    public void Cleanup_FolderOutsideOfABpffs_IsRefused()
    {
        var folder = Directory.CreateTempSubdirectory("kpn-unit");
        var file = Path.Combine(folder.FullName, "precious");
        File.WriteAllText(file, "");

        Assert.That(() => KernelDataplane.Cleanup(folder.FullName), Throws.TypeOf<BpfException>().With.Message.Contains("--bpffs"));

        Assert.That(file, Does.Exist);
        folder.Delete(recursive: true);
    }

    [Test]
    public void Load_WhileAnotherRuns_IsRefusedAndSaysWhy()
    {
        using var first = KernelDataplane.Load(Pins.Bpffs, Pins.Cgroup, [IpFamily.IPv4], Small);

        Assert.That(() => KernelDataplane.Load(Pins.Bpffs, Pins.Cgroup, [IpFamily.IPv4], Small),
            Throws.TypeOf<BpfException>().With.Message.Contains("another kube-proxy-next"));
    }

    [Test]
    public void Cleanup_WhileADaemonRuns_IsRefusedAndTakesNothing()
    {
        using var running = KernelDataplane.Load(Pins.Bpffs, Pins.Cgroup, [IpFamily.IPv4], Small);
        running.Attach();
        var pins = Directory.GetFiles(Pins.Bpffs, "*", SearchOption.AllDirectories);

        Assert.That(() => KernelDataplane.Cleanup(Pins.Bpffs), Throws.TypeOf<BpfException>().With.Message.Contains("another kube-proxy-next"));

        Assert.That(Directory.GetFiles(Pins.Bpffs, "*", SearchOption.AllDirectories), Is.EquivalentTo(pins));
    }

    [Test]
    public void Attach_LinkOfAProgramThatIsNoMore_IsRemoved()
    {
        Run();
        var links = Path.Combine(Pins.Bpffs, "links");
        File.Move(Path.Combine(links, "connect4"), Path.Combine(links, "bind4"));

        Run();

        Assert.That(Directory.GetFiles(links).Select(Path.GetFileName), Does.Contain("connect4").And.Not.Contain("bind4"));
    }

    // A socket that connects in between is to be let go at its release, and a datagram's answer to be named.
    [Test]
    public void Attach_FirstTime_WhatEndsAThingComesBeforeWhatBeginsIt()
    {
        Run();

        var order = Directory.GetFiles(Path.Combine(Pins.Bpffs, "links"))
            .OrderBy(LinkId).Select(path => Path.GetFileName(path)!).ToList();

        Assert.That(order.FindLastIndex(name => !Begins(name)), Is.LessThan(order.FindIndex(Begins)), string.Join(' ', order));
    }

    private static bool Begins(string program) =>
        program.StartsWith("connect", StringComparison.Ordinal) || program.StartsWith("sendmsg", StringComparison.Ordinal);

    private static uint LinkId(string path)
    {
        using var link = BpfLink.TryOpen(path);
        return link!.Id;
    }

    private void Run()
    {
        using var dataplane = KernelDataplane.Load(Pins.Bpffs, Pins.Cgroup, [IpFamily.IPv4], Small);
        dataplane.Attach();
    }
}
