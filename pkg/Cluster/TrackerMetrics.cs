using System.Diagnostics.Metrics;

namespace KubeProxyNext.Cluster;

/// <summary>What kube-proxy's trackers of changes count (behaviour 8.1).</summary>
/// <param name="pending">How many changes of slices, and how many Services that changed, wait for a sync.</param>
internal sealed class TrackerMetrics(Meter meter, Func<(int Slices, int Services)> pending)
{
    private readonly Counter<long> _slices = meter.CreateCounter<long>(
        "kubeproxy_sync_proxy_rules_endpoint_changes_total", description: "Events of EndpointSlices, also those that changed nothing.");

    private readonly Counter<long> _services = meter.CreateCounter<long>(
        "kubeproxy_sync_proxy_rules_service_changes_total", description: "Events of Services, also those that changed nothing.");

    private readonly ObservableGauge<long> _pendingSlices = meter.CreateObservableGauge<long>(
        "kubeproxy_sync_proxy_rules_endpoint_changes_pending", () => pending().Slices, description: "Changes of EndpointSlices that no sync has taken yet.");

    private readonly ObservableGauge<long> _pendingServices = meter.CreateObservableGauge<long>(
        "kubeproxy_sync_proxy_rules_service_changes_pending", () => pending().Services, description: "Services with changes that no sync has taken yet.");

    internal void Slices(int events) => _slices.Add(events);

    internal void Services(int events) => _services.Add(events);
}
