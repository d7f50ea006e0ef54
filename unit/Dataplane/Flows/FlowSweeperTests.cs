using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Model;
using KubeProxyNext.Unit.Cluster;
using KubeProxyNext.Unit.Cluster.Api;

namespace KubeProxyNext.Unit.Dataplane.Flows;

/// <summary>When sweeps happen. The clock of these tests never moves by itself: no rest between sweeps ever ends, but for a request.</summary>
public sealed class FlowSweeperTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [TestCase(0.4, 5, 0.0036)]
    [TestCase(50, 5, 0.45)]
    [TestCase(200, 19.8, 1.8)]
    public void Rest_IsLongEnoughForAHundredthOfACpu(double milliseconds, double rest, double least) => Assert.That(
        FlowSweeper.RestAfter(TimeSpan.FromMilliseconds(milliseconds)), Is.EqualTo((TimeSpan.FromSeconds(rest), TimeSpan.FromSeconds(least))));

    [Test]
    public async Task Nothing_BeforeItIsReady()
    {
        using var sweep = new Recorder();
        var ready = new TaskCompletionSource();
        using var running = Run([sweep], ready.Task);

        Assert.That(sweep.Count, Is.Zero);
        ready.SetResult();

        await sweep.NextAsync();
    }

    [Test]
    public async Task Request_DuringASweep_IsOneFurtherSweep()
    {
        using var sweep = new Recorder { IsHeld = true };
        using var running = Run([sweep]);
        await sweep.NextAsync();

        running.Sweeper.Request();
        running.Sweeper.Request();
        sweep.Release();

        await sweep.NextAsync();
        sweep.Release();
        running.Sweeper.Request();
        await sweep.NextAsync();
        Assert.That(sweep.Count, Is.EqualTo(3));
        sweep.Release();
    }

    [Test]
    public async Task Families_AreSweptOneAfterTheOther()
    {
        using var first = new Recorder { IsHeld = true };
        using var second = new Recorder();
        using var running = Run([first, second]);

        await first.NextAsync();
        Assert.That(second.Count, Is.Zero);
        first.Release();

        await second.NextAsync();
    }

    [Test]
    public async Task NearlyFull_IsSaidOnceUntilThereIsRoomAgain()
    {
        using var sweep = new Recorder();
        using var running = Run([sweep]);
        await sweep.NextAsync();

        foreach (var entries in new ulong[] { 900, 901, 950, 1000, 900, 901 })
        {
            sweep.Found = entries;
            running.Sweeper.Request();
            await sweep.NextAsync();
        }

        sweep.Found = 0;
        running.Sweeper.Request();
        await sweep.NextAsync();
        Assert.That(running.Log.Lines.Count(line => line.Text.Contains("nearly full")), Is.EqualTo(2));
    }

    [Test]
    public async Task Failure_IsSaidOnceAndTriedAgain()
    {
        using var sweep = new Recorder { Fails = true };
        using var running = Run([sweep]);
        await sweep.NextAsync();

        running.Sweeper.Request();
        await sweep.NextAsync();
        sweep.Fails = false;
        running.Sweeper.Request();
        await sweep.NextAsync();

        Assert.That(running.Log.Lines.Count(line => line.Text.Contains("sweep flows")), Is.EqualTo(1));
    }

    [Test]
    public async Task Cancelled_EndsAndLetsTheProgramsGo()
    {
        using var sweep = new Recorder();
        var running = Run([sweep]);
        await sweep.NextAsync();

        running.Dispose();

        Assert.That(sweep.IsDisposed, Is.True);
    }

    private static Running Run(IReadOnlyList<IFlowSweep> sweeps, Task? ready = null) => new(sweeps, ready ?? Task.CompletedTask);

    private sealed class Running : IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private readonly Task _running;

        internal Running(IReadOnlyList<IFlowSweep> sweeps, Task ready)
        {
            Sweeper = new(() => sweeps, new ManualTime(), Log.For<FlowSweeper>());
            _running = Sweeper.RunAsync(ready, _stopping.Token);
        }

        internal LogList Log { get; } = new();

        internal FlowSweeper Sweeper { get; }

        public void Dispose()
        {
            _stopping.Cancel();
            Assert.That(() => _running.WaitAsync(Patience), Throws.InstanceOf<OperationCanceledException>());
            _stopping.Dispose();
        }
    }

    private sealed class Recorder : IFlowSweep
    {
        private readonly SemaphoreSlim _begun = new(0);
        private readonly SemaphoreSlim _mayGoOn = new(0);
        private int _count;

        public IpFamily Family => IpFamily.IPv4;

        public int Capacity => 1000;

        internal bool IsHeld { get; init; }

        internal bool Fails { get; set; }

        internal bool IsDisposed { get; private set; }

        internal ulong Found { get; set; }

        internal int Count => Volatile.Read(ref _count);

        public FlowGauges Run(CancellationToken cancellationToken)
        {
            var found = Found;
            Interlocked.Increment(ref _count);
            _begun.Release();
            if (IsHeld)
            {
                _mayGoOn.Wait(cancellationToken);
            }

            return Fails ? throw new BpfException("sweep flows", "of a test", Errno.Invalid) : new(found, 0);
        }

        public void Dispose() => IsDisposed = true;

        internal async Task NextAsync() => Assert.That(await _begun.WaitAsync(Patience), Is.True, "there was no sweep");

        internal void Release() => _mayGoOn.Release();
    }
}
