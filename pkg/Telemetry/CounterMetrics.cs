using System.Diagnostics.Metrics;

namespace KubeProxyNext.Telemetry;

/// <summary>What the programs count, read from the pinned maps at each scrape and at no other time.</summary>
public sealed class CounterMetrics
{
    private static readonly (Counter Counter, string Name, string Description)[] Others =
    [
        (Counter.SocketOverwritten, "sockets_overwritten_total", "Entries of the socket table that gave way to newer connections."),
        (Counter.SocketUnrecorded, "sockets_unrecorded_total", "Connections that found no room in the socket table."),
        (Counter.SocketsDestroyed, "sockets_destroyed_total", "Sockets destroyed since their backend is gone."),
        (Counter.BindRefused, "binds_refused_total", "Processes kept from binding a NodePort."),
        (Counter.AffinityUnrecorded, "affinities_unrecorded_total", "Clients whose affinity could not be remembered."),
        (Counter.FlowsMade, "flows_made_total", "Entries of flows that were made, each direction by itself."),
        (Counter.FlowsEvicted, "flows_evicted_total", "Entries of flows that gave way to newer ones, their bucket being full."),
        (Counter.FlowsRemoved, "flows_removed_total", "Entries of flows that were removed: closed, idle for too long, or begun anew."),
        (Counter.FlowUnrecorded, "flows_unrecorded_total", "Packets dropped since an entry of flows could not be made."),
    ];

    // All instruments of one scrape are told from one reading.
    private static readonly TimeSpan OneScrape = TimeSpan.FromMilliseconds(10);

    private readonly string _bpffs;
    private readonly TimeProvider _time;
    private IReadOnlyList<FamilyCounters> _newest = [];
    private long? _read;

    /// <param name="bpffs">The folder of the pins.</param>
    public CounterMetrics(Meter meter, string bpffs, TimeProvider time)
    {
        (_bpffs, _time) = (bpffs, time);
        meter.CreateObservableCounter(
            "kube_proxy_next_drops_total", ReadDrops, description: "Connections, datagrams and packets that were refused or dropped, by ip_family and reason.");
        foreach (var (counter, name, description) in Others)
        {
            meter.CreateObservableCounter($"kube_proxy_next_{name}", () => Read(counter), description: $"{description} By ip_family.");
        }

        meter.CreateObservableCounter(
            "kubeproxy_conntrack_reconciler_deleted_entries_total", () => Read(Counter.FlowsRemoved),
            description: "Entries of flows deleted by the sweeps that stand in for kube-proxy's conntrack cleanup, by ip_family.");
        meter.CreateObservableGauge(
            "kube_proxy_next_flow_entries", () => ReadFlows(flows => flows.Entries), description: "Entries of flows that the newest sweep found, by ip_family.");
        meter.CreateObservableGauge(
            "kube_proxy_next_flow_capacity", () => ReadFlows(flows => flows.Capacity), description: "Entries of flows that there is room for, by ip_family.");
        meter.CreateObservableGauge(
            "kube_proxy_next_flow_connections", () => ReadFlows(flows => flows.Connections),
            description: "Connections among the flows, towards backends of now, by ip_family.");
    }

    private IReadOnlyList<FamilyCounters> Newest()
    {
        if (_read is not { } read || _time.GetElapsedTime(read) > OneScrape)
        {
            (_newest, _read) = (CounterReader.ReadReasons(_bpffs), _time.GetTimestamp());
        }

        return _newest;
    }

    private IEnumerable<Measurement<long>> ReadDrops() =>
        from family in Newest()
        from pair in family.ByReason
        where pair.Key.ToString() is ['D', 'r', 'o', 'p', ..]
        select new Measurement<long>((long)pair.Value, Labels(family, new KeyValuePair<string, object?>("reason", SnakeCase(pair.Key.ToString()["Drop".Length..]))));

    private IEnumerable<Measurement<long>> Read(Counter counter) =>
        Newest().Select(family => new Measurement<long>((long)family.ByReason[counter], Labels(family)));

    private IEnumerable<Measurement<long>> ReadFlows(Func<FlowUse, ulong> value) =>
        Newest().Select(family => new Measurement<long>((long)value(family.Flows), Labels(family)));

    private static KeyValuePair<string, object?>[] Labels(FamilyCounters family, params KeyValuePair<string, object?>[] more) =>
        [new("ip_family", $"{family.Family}"), .. more];

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((letter, i) => char.IsUpper(letter) ? $"{(i > 0 ? "_" : "")}{char.ToLowerInvariant(letter)}" : $"{letter}"));
}
