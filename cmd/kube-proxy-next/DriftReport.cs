using System.Diagnostics.Metrics;
using KubeProxyNext.Cluster.Events;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Migration;
using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>Tells what somebody else had changed in the kernel, and what was put right: in the log, as an event, as a metric.</summary>
internal sealed class DriftReport(string nodeName, IEventRecorder events, Meter meter, ILogger log)
{
    // Where a map was flushed they are many.
    private const int MostNames = 5;

    private readonly Counter<long> _repaired = meter.CreateCounter<long>(
        "kube_proxy_next_audit_repairs_total", description: "Pins, links and entries of maps that somebody else had changed, and that were put right, by ip_family and kind.");

    internal void Take(IReadOnlyList<Drift> drifts)
    {
        foreach (var group in drifts.GroupBy(drift => (drift.Family, drift.Kind)))
        {
            _repaired.Add(group.Count(), new("ip_family", $"{group.Key.Family}"), new KeyValuePair<string, object?>("kind", group.Key.Kind));
        }

        var text = Listing.OfFirst(drifts, MostNames, "; ");
        log.Repaired(text);
        events.Warn(
            new ObjectName("", nodeName), Guid.Empty, "DataplaneChangedByOthers", "Audit",
            $"Somebody else has changed the dataplane of the node, which has been put right: {text}");
    }
}
