namespace KubeProxyNext.Cluster.Api.Http;

/// <summary>
/// Delays that double from failure to failure and start over after a healthy time. Half of each is chance, so that the nodes
/// of a cluster do not return all at once. Not thread-safe.
/// </summary>
internal sealed class Backoff(BackoffOptions options, TimeProvider time, Random random)
{
    private int _failures;
    private long _lastAttempt = time.GetTimestamp();

    /// <param name="retryAfter">What the server asked for; null where it asked for nothing.</param>
    public TimeSpan Next(TimeSpan? retryAfter)
    {
        if (time.GetElapsedTime(_lastAttempt) > options.HealthyAfter)
        {
            _failures = 0;
        }

        var full = Min(options.First * Math.Pow(2, Math.Min(_failures++, 30)), options.Longest);
        var delay = full * (0.5 + 0.5 * random.NextDouble());
        if (retryAfter is { } asked && asked > TimeSpan.Zero)
        {
            delay += Min(asked, options.LongestRetryAfter);
        }

        _lastAttempt = time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);
        return delay;
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
