using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KubeProxyNext.Cluster.Api.Watching;

/// <summary>
/// When the API server last said how things are: each list, event and bookmark does, and bookmarks come about once a minute where nothing else
/// does. What is in force may be as old as that.
/// </summary>
internal sealed class LastHeard
{
    private readonly ConcurrentDictionary<string, long> _heard = new();
    private readonly TimeProvider _time;

    /// <param name="meter">Gets the gauge.</param>
    public LastHeard(Meter meter, TimeProvider time)
    {
        _time = time;
        meter.CreateObservableGauge(
            "kube_proxy_next_api_silence_seconds", Read,
            description: "How long ago the API server last told of a resource, in seconds, by resource; what is in force may be as old.");
    }

    /// <summary>It tells of this resource now; before it ever has, the time counts from the first call.</summary>
    public void Note(string resource) => _heard[resource] = _time.GetTimestamp();

    /// <summary>Nothing is expected of this resource any more.</summary>
    public void Forget(string resource) => _heard.TryRemove(resource, out _);

    private IEnumerable<Measurement<double>> Read() =>
        _heard.Select(heard => new Measurement<double>(_time.GetElapsedTime(heard.Value).TotalSeconds, new KeyValuePair<string, object?>("resource", heard.Key)));
}
