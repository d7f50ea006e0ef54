using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Netlink;

[RequiresBpf]
public sealed class NetworkNamespacesTests
{
    [Test]
    public void NamespacesOfProcesses_AreEachFoundOnce()
    {
        using var here = NetworkNamespace.Current();
        using var one = new TemporaryNetwork();
        using var other = new TemporaryNetwork();

        var ids = Ids();

        Assert.That(ids, Does.Contain(here.Id).And.Contain(one.Namespace.Id).And.Contain(other.Namespace.Id));
        Assert.That(ids, Is.Unique);
    }

    [Test]
    public void NamespaceWithoutProcess_IsFoundByItsMount()
    {
        var point = Path.Combine(Path.GetTempPath(), $"kpn unit {Environment.ProcessId} netns");
        File.WriteAllText(point, "");
        NetworkNamespaceId id;
        using (var network = new TemporaryNetwork())
        {
            id = network.Namespace.Id;
            Shell.Run("mount", "--bind", $"/proc/{network.ProcessId}/ns/net", point);
        }

        try
        {
            Assert.That(Ids(), Does.Contain(id));
        }
        finally
        {
            Shell.Run("umount", point);
            File.Delete(point);
        }

        Assert.That(Ids(), Does.Not.Contain(id), "it went with its mount");
    }

    [Test]
    public void FileThatIsNoNamespace_SaysSo()
    {
        Assert.That(() => NetworkNamespace.Open("/proc/version"), Throws.InstanceOf<NetlinkException>()
            .With.Message.StartsWith("open network namespace /proc/version: ").And.Message.Contains("errno 25"));
        Assert.That(() => NetworkNamespace.Open("/proc/self/ns/uts"), Throws.InstanceOf<NetlinkException>().With.Message.Contains("errno 22"));
        Assert.That(() => NetworkNamespace.Open("/proc/none"), Throws.InstanceOf<NetlinkException>().With.Message.Contains("errno 2)"));
    }

    [Test]
    public void Run_IsInsideAndLeavesTheCallerOutside()
    {
        using var network = new TemporaryNetwork();
        var outside = NetnsCookie.Current();

        var inside = NetworkNamespaces.Run(network.Namespace, () =>
        {
            using var here = NetworkNamespace.Current();
            return (here.Id, Cookie: NetnsCookie.Current(), Thread: Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread);
        });

        Assert.That(inside.Id, Is.EqualTo(network.Namespace.Id));
        Assert.That(inside.Thread, Is.Not.EqualTo(Environment.CurrentManagedThreadId));
        Assert.That(inside.IsThreadPoolThread, Is.False);
        Assert.That(inside.Cookie, Is.Not.EqualTo(outside).And.Not.Zero);
        Assert.That(NetnsCookie.Current(), Is.EqualTo(outside));
    }

    [Test]
    public void Cookie_IsTheNamespacesOwnAndStays()
    {
        using var one = new TemporaryNetwork();
        using var other = new TemporaryNetwork();

        var first = one.Run(NetnsCookie.Current);

        Assert.That(one.Run(NetnsCookie.Current), Is.EqualTo(first));
        Assert.That(other.Run(NetnsCookie.Current), Is.Not.EqualTo(first));
    }

    [Test]
    public void Run_HandsOverWhatIsThrown()
    {
        using var here = NetworkNamespace.Current();

        Assert.That(
            () => NetworkNamespaces.Run(here, () => throw new InvalidOperationException("from inside")),
            Throws.InvalidOperationException.With.Message.EqualTo("from inside").And.Property("StackTrace").Contains(nameof(Run_HandsOverWhatIsThrown)));
    }

    [Test]
    public void OpenAll_WhileProcessesComeAndGo_GoesOn()
    {
        using var here = NetworkNamespace.Current();
        using var end = new CancellationTokenSource();
        var coming = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                Shell.Run("unshare", "--net", "true");
            }
        });

        try
        {
            for (var i = 0; i < 50; i++)
            {
                Assert.That(Ids(), Does.Contain(here.Id));
            }
        }
        finally
        {
            end.Cancel();
            coming.Wait();
        }
    }

    private static List<NetworkNamespaceId> Ids()
    {
        var all = NetworkNamespaces.OpenAll();
        try
        {
            return [.. all.Select(network => network.Id)];
        }
        finally
        {
            foreach (var network in all)
            {
                network.Dispose();
            }
        }
    }
}
