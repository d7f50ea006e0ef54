namespace KubeProxyNext.Cluster.Api.Http;

/// <summary>
/// How fast requests may follow each other, as client-go has it: so many at once, and then so many a second, each in its turn. Safe to
/// call from several threads.
/// </summary>
/// <param name="perSecond">0 or less for no limit.</param>
/// <param name="burst">At least one.</param>
internal sealed class RequestPace(double perSecond, int burst, TimeProvider time)
{
    private readonly Lock _lock = new();
    private double _left = Math.Max(1, burst);
    private long _asOf = time.GetTimestamp();

    /// <summary>Completes when it is the caller's turn.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        var delay = Reserve();
        return delay > TimeSpan.Zero ? Task.Delay(delay, time, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Takes the caller's turn.</summary>
    /// <returns>How long that is from now.</returns>
    internal TimeSpan Reserve()
    {
        if (perSecond <= 0)
        {
            return TimeSpan.Zero;
        }

        lock (_lock)
        {
            // Below zero it is owed: whoever comes later waits for those before.
            var now = time.GetTimestamp();
            _left = Math.Min(Math.Max(1, burst), _left + time.GetElapsedTime(_asOf, now).TotalSeconds * perSecond) - 1;
            _asOf = now;
            return _left < 0 ? TimeSpan.FromSeconds(-_left / perSecond) : TimeSpan.Zero;
        }
    }
}
