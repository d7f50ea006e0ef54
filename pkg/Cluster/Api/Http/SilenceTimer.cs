namespace KubeProxyNext.Cluster.Api.Http;

/// <summary>Cancels a read that waits too long; wound up again for each read, without an allocation.</summary>
internal sealed class SilenceTimer : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _outer;

    public SilenceTimer(TimeProvider time, CancellationToken outer)
    {
        _outer = outer;
        _timer = new(Timeout.InfiniteTimeSpan, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(outer, _timer.Token);
    }

    /// <summary>Cancelled when time is up, or when the caller's own token is.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Whether a cancellation came from this timer, not from the caller.</summary>
    public bool Fired => _timer.IsCancellationRequested && !_outer.IsCancellationRequested;

    public void Start(TimeSpan limit) => _timer.CancelAfter(limit);

    public void Stop() => _timer.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _either.Dispose();
        _timer.Dispose();
    }
}
