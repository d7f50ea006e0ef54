using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane;

public sealed class SocketSweeperTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public void Request_WhileASweepRuns_IsOneFurtherSweep()
    {
        using var destroyer = new Recorder();
        var sweeper = new SocketSweeper(destroyer);

        sweeper.Request(Protocol.Udp);
        Assert.That(destroyer.Entered.Wait(Patience));
        sweeper.Request(Protocol.Tcp);
        sweeper.Request(Protocol.Udp);
        sweeper.Request(Protocol.Udp);
        destroyer.MayGoOn.Release(10);
        sweeper.Dispose();

        Assert.That(destroyer.Sweeps, Is.EqualTo(new[] { "Udp", "Tcp Udp" }), "the first may have passed what was marked meanwhile");
    }

    [Test]
    public void Request_AfterASweep_IsSweptToo()
    {
        using var destroyer = new Recorder();
        destroyer.MayGoOn.Release(10);
        using var sweeper = new SocketSweeper(destroyer);

        sweeper.Request(Protocol.Udp);
        Assert.That(destroyer.Left.Wait(Patience));
        sweeper.Request(Protocol.Tcp);
        Assert.That(destroyer.Left.Wait(Patience));

        Assert.That(destroyer.Sweeps, Is.EqualTo(new[] { "Udp", "Tcp" }));
    }

    private sealed class Recorder : ISocketDestroyer
    {
        internal List<string> Sweeps { get; } = [];

        internal SemaphoreSlim Entered { get; } = new(0);

        internal SemaphoreSlim Left { get; } = new(0);

        internal SemaphoreSlim MayGoOn { get; } = new(0);

        public void Destroy(IReadOnlySet<Protocol> protocols)
        {
            Sweeps.Add(string.Join(' ', protocols.Order()));
            Entered.Release();
            MayGoOn.Wait();
            Left.Release();
        }

        public void Dispose()
        {
        }
    }
}
