using System.Diagnostics.Metrics;

namespace KubeProxyNext.Cluster.Api.Http;

/// <summary>What the client counts. <c>rest_client_requests_total</c> is named and labelled as in client-go.</summary>
internal sealed class ApiMetrics
{
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _lists;
    private readonly Counter<long> _staleEvents;

    public ApiMetrics(Meter meter)
    {
        _requests = meter.CreateCounter<long>(
            "rest_client_requests_total", description: "Requests to the API server, by status code, method and host.");
        _durations = meter.CreateHistogram(
            "rest_client_request_duration_seconds", description: "Time until the head of the API server's answer, in seconds, by verb and host.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60] });
        _failures = meter.CreateCounter<long>(
            "kube_proxy_next_api_failures_total", description: "Lists and watches that broke, by resource and reason.");
        _lists = meter.CreateCounter<long>(
            "kube_proxy_next_api_lists_total", description: "Complete lists taken, by resource; all but the first are relists.");
        _staleEvents = meter.CreateCounter<long>(
            "kube_proxy_next_api_stale_events_total", description: "Watch events skipped as repeated or older than what was known.");
    }

    public void Request(string method, string host, string code, TimeSpan duration)
    {
        _requests.Add(1, new("code", code), new("host", host), new("method", method));
        _durations.Record(duration.TotalSeconds, new("host", host), new("verb", method));
    }

    public void Failure(string resource, string reason) =>
        _failures.Add(1, new("resource", resource), new("reason", reason));

    public void List(string resource) => _lists.Add(1, new KeyValuePair<string, object?>("resource", resource));

    public void StaleEvent(string resource) => _staleEvents.Add(1, new KeyValuePair<string, object?>("resource", resource));
}
