using KubeProxyNext.Cluster.Api.Http;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster.Api.Failures;

/// <summary>
/// Says what is wrong with the API server once, not at every try: again only where it has become something else, or after a
/// long while. All reflectors share it, since most troubles strike all of them. Thread-safe.
/// </summary>
internal sealed class FailureReporter(ApiServerConfig config, ApiMetrics metrics, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Reminder = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Trouble> _troubles = [];

    /// <param name="delay">How long until the next try.</param>
    public void Failed(string resource, Exception failure, TimeSpan delay)
    {
        var problem = FailureExplainer.Explain(config, resource, failure);
        metrics.Failure(resource, problem.Reason);
        if (IsNews(resource, problem))
        {
            FailureLog.Failed(logger, problem.Level, problem.Text);
        }

        FailureLog.Retrying(logger, resource, delay.TotalSeconds, problem.Reason);
    }

    /// <summary>The resource is listed and watched again.</summary>
    public void Succeeded(string resource)
    {
        if (IsLastToRecover(resource))
        {
            FailureLog.Recovered(logger, config.Server);
        }
    }

    private bool IsNews(string resource, Problem problem)
    {
        lock (_lock)
        {
            Clear(resource, except: problem.Key);
            if (!_troubles.TryGetValue(problem.Key, out var trouble))
            {
                _troubles[problem.Key] = trouble = new(problem.Level, time.GetTimestamp());
                trouble.Resources.Add(resource);
                return true;
            }

            trouble.Resources.Add(resource);
            if (time.GetElapsedTime(trouble.Said) < Reminder)
            {
                return false;
            }

            trouble.Said = time.GetTimestamp();
            return true;
        }
    }

    private bool IsLastToRecover(string resource)
    {
        lock (_lock)
        {
            var wasError = _troubles.Values.Any(t => t.Level >= LogLevel.Warning && t.Resources.Contains(resource));
            Clear(resource, except: null);
            return wasError && _troubles.Count == 0;
        }
    }

    private void Clear(string resource, string? except)
    {
        foreach (var (key, trouble) in _troubles)
        {
            if (key != except && trouble.Resources.Remove(resource) && trouble.Resources.Count == 0)
            {
                _troubles.Remove(key);
            }
        }
    }

    private sealed class Trouble(LogLevel level, long said)
    {
        public LogLevel Level => level;

        public long Said { get; set; } = said;

        public HashSet<string> Resources { get; } = [];
    }
}
