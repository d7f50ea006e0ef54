using System.Diagnostics;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Soak;

/// <summary>The daemon's life: it ends at random moments, by force or in order, and begins again, maybe as another program or with other options.</summary>
internal sealed class DaemonLife(SoakCluster cluster, SoakOptions options, Journal journal, Random random) : IAsyncDisposable
{
    private static readonly TimeSpan UntilReady = TimeSpan.FromSeconds(60);
    private static readonly int[] Sizes = [1 << 13, 1 << 14, 1 << 15, 1 << 16];

    private Daemon? _daemon;
    private long _ready;
    private bool _isUpgraded;
    private string[] _capacities = [];

    /// <summary>How often what happened.</summary>
    public Dictionary<Fault, int> Faults { get; } = [];

    /// <summary>How long the present daemon has been ready; zero where it is not.</summary>
    public TimeSpan ReadyFor => Volatile.Read(ref _ready) is var since and > 0 ? Stopwatch.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>What the last daemon said.</summary>
    public string Log => $"{_daemon?.Log}";

    public async Task StartAsync(CancellationToken cancellation)
    {
        Start();
        await ReadyAsync(cancellation);
        foreach (var device in new[] { "eth0", "cni0" })
        {
            await _daemon!.Log.WaitForAsync($"Serves packets at device {device} ", UntilReady, cancellation: cancellation);
        }
    }

    /// <summary>Waits until the present daemon is ready.</summary>
    /// <exception cref="LabException">It ended instead, or is not in time.</exception>
    public async Task ReadyAsync(CancellationToken cancellation)
    {
        await _daemon!.Log.WaitForAsync("Ready:", UntilReady, cancellation: cancellation);
        if (_ready == 0)
        {
            journal.Note("daemon: ready");
            Volatile.Write(ref _ready, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Has the daemon end once, after a time between the very start and a little after it is ready, and begin again.</summary>
    public async Task SufferAsync(Fault fault, CancellationToken stop)
    {
        // One of three dies while it starts; upgrades and resizes are for daemons that work.
        if (fault is Fault.Killed or Fault.Stopped && random.Next(3) == 0)
        {
            await Task.Delay(random.Next(1500), stop);
        }
        else
        {
            await ReadyAsync(stop);
            await Task.Delay(random.Next(2500), stop);
        }

        await EndAsync(fault == Fault.Killed ? Signal.Kill : Signal.Terminate);
        if (random.Next(2) == 0)
        {
            await Task.Delay(random.Next(500), CancellationToken.None);
        }

        _isUpgraded ^= fault == Fault.Upgraded;
        _capacities = fault == Fault.Resized ? RandomCapacities() : _capacities;
        Start();
        Faults[fault] = Faults.GetValueOrDefault(fault) + 1;
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
        {
            await _daemon.DisposeAsync();
        }
    }

    private void Start()
    {
        var program = _isUpgraded && options.UpgradeTo is { } other ? other : Binary.Path;
        journal.Note($"daemon: start of {program} {string.Join(' ', _capacities)}");
        _daemon = Daemon.Start(program, cluster.Node,
            ["--kubeconfig", cluster.KubeConfig, "--conntrack-udp-timeout", "5s", "--conntrack-udp-timeout-stream", "5s", .. _capacities]);
    }

    // The log is kept of one that fell by itself: that is no fault of ours.
    private async Task EndAsync(Signal signal)
    {
        Volatile.Write(ref _ready, 0);
        if (_daemon!.Process.HasExited)
        {
            throw new LabException($"the daemon ended by itself:\n{_daemon.Log}");
        }

        journal.Note($"daemon: signal {signal}");
        _daemon.Process.Signal(signal);
        await _daemon.Process.ResultAsync(UntilReady);
        await _daemon.DisposeAsync();
    }

    private string[] RandomCapacities() =>
        ["--max-frontends", $"{Size()}", "--max-slots", $"{Size()}", "--max-sockets", $"{Size()}", "--max-flows", $"{4 * Size()}"];

    private int Size() => Sizes[random.Next(Sizes.Length)];
}
