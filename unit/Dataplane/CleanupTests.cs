using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using KernelDataplane = KubeProxyNext.Dataplane.Dataplane;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>Cleaning up takes away what is ours, and nothing else.</summary>
[RequiresBpf]
public sealed class CleanupTests
{
    private static readonly MapCapacities Small = new(Frontends: 16, Slots: 64, Sockets: 16);

    private TemporaryPins _pins = null!;

    [SetUp]
    public void SetUp() => _pins = new();

    [TearDown]
    public void TearDown() => _pins.Dispose();

    [Test]
    public void Cleanup_OnlyOurs_LeavesNoFolder()
    {
        Run();

        Assert.That(KernelDataplane.Cleanup(_pins.Bpffs), Is.True);

        Assert.That(_pins.Bpffs, Does.Not.Exist);
        Assert.That(KernelDataplane.Cleanup(_pins.Bpffs), Is.False, "there is nothing left");
    }

    [Test]
    public void Cleanup_OthersPinInTheSameFolder_LeavesThoseAlone()
    {
        string[] foreign = [Path.Combine(_pins.Bpffs, "cilium"), Path.Combine(_pins.Bpffs, "ipv4-pool"), Path.Combine(_pins.Bpffs, "links", "wan")];
        Array.ForEach(foreign, folder => Directory.CreateDirectory(folder));
        Run();

        KernelDataplane.Cleanup(_pins.Bpffs);

        var left = Directory.GetDirectories(_pins.Bpffs, "*", SearchOption.AllDirectories);
        Array.ForEach([.. foreign.Reverse(), Path.Combine(_pins.Bpffs, "links")], Directory.Delete);
        Directory.Delete(_pins.Bpffs);
        Assert.That(left, Is.EquivalentTo([.. foreign, Path.Combine(_pins.Bpffs, "links")]));
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
        using var first = KernelDataplane.Load(_pins.Bpffs, _pins.Cgroup, [IpFamily.IPv4], Small);

        Assert.That(() => KernelDataplane.Load(_pins.Bpffs, _pins.Cgroup, [IpFamily.IPv4], Small),
            Throws.TypeOf<BpfException>().With.Message.Contains("another kube-proxy-next"));
    }

    [Test]
    public void Cleanup_WhileADaemonRuns_IsRefusedAndTakesNothing()
    {
        using var running = KernelDataplane.Load(_pins.Bpffs, _pins.Cgroup, [IpFamily.IPv4], Small);
        running.Attach();
        var pins = Directory.GetFiles(_pins.Bpffs, "*", SearchOption.AllDirectories);

        Assert.That(() => KernelDataplane.Cleanup(_pins.Bpffs), Throws.TypeOf<BpfException>().With.Message.Contains("another kube-proxy-next"));

        Assert.That(Directory.GetFiles(_pins.Bpffs, "*", SearchOption.AllDirectories), Is.EquivalentTo(pins));
    }

    [Test]
    public void Attach_LinkOfAProgramThatIsNoMore_IsRemoved()
    {
        Run();
        var links = Path.Combine(_pins.Bpffs, "links");
        File.Move(Path.Combine(links, "connect4"), Path.Combine(links, "bind4"));

        Run();

        Assert.That(Directory.GetFiles(links).Select(Path.GetFileName), Does.Contain("connect4").And.Not.Contain("bind4"));
    }

    // A socket that connects in between is to be let go at its release, and a datagram's answer to be named.
    [Test]
    public void Attach_FirstTime_WhatEndsAThingComesBeforeWhatBeginsIt()
    {
        Run();

        var order = Directory.GetFiles(Path.Combine(_pins.Bpffs, "links"))
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
        using var dataplane = KernelDataplane.Load(_pins.Bpffs, _pins.Cgroup, [IpFamily.IPv4], Small);
        dataplane.Attach();
    }
}
