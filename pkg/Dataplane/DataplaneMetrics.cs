using System.Diagnostics.Metrics;
using KubeProxyNext.Bpf;

namespace KubeProxyNext.Dataplane;

/// <summary>What the dataplane holds and its programs have done, read from the maps at each scrape and at no other time.</summary>
public sealed class DataplaneMetrics
{
    /// <summary>For how many service ports of each family there are series; those beyond are counted alone.</summary>
    internal const int MostServicePorts = 2000;

    private const string StatisticsSwitch = "/proc/sys/kernel/bpf_stats_enabled";
    private const double Nanosecond = 1e-9;

    // Whoever asks often is told what was counted before: programs share these maps' cache lines with whoever reads them.
    private static readonly TimeSpan CountPeriod = TimeSpan.FromSeconds(30);

    // All instruments of one scrape are told from one reading.
    private static readonly TimeSpan OneScrape = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly Reading<IReadOnlyList<ServicePortUse>> _servicePorts;
    private readonly Reading<IReadOnlyList<MapUse>> _counted;
    private Dataplane? _dataplane;

    /// <summary>Makes the instruments, which measure nothing until there is something to show.</summary>
    public DataplaneMetrics(Meter meter, TimeProvider time)
    {
        _servicePorts = new(() => Ask(dataplane => dataplane.Families.SelectMany(family => dataplane.ReadServicePorts(family, MostServicePorts))), OneScrape, time);
        _counted = new(Count, CountPeriod, time);
        meter.CreateObservableCounter(
            "kube_proxy_next_service_connections_total", () => ReadServicePorts(port => port.Connections),
            description: "Connections and UDP clients that got a backend, by namespace, service, port, protocol and ip_family.");
        meter.CreateObservableCounter(
            "kube_proxy_next_service_refused_total", () => ReadServicePorts(port => port.Refused),
            description: "Connections and datagrams to a Service that got none, by namespace, service, port, protocol and ip_family.");
        meter.CreateObservableCounter(
            "kube_proxy_next_service_packets_total", () => ReadTraffic(traffic => traffic.Packets),
            description: "Packets of flows, by namespace, service, port, protocol, ip_family and direction (to_backends, to_clients); sockets of this node have none.");
        meter.CreateObservableCounter(
            "kube_proxy_next_service_bytes_total", () => ReadTraffic(traffic => traffic.Bytes),
            description: "Bytes of IP packets of flows, by namespace, service, port, protocol, ip_family and direction (to_backends, to_clients).");
        meter.CreateObservableGauge(
            "kube_proxy_next_service_ports", () => Ask(dataplane => dataplane.Families.Select(family => new Measurement<long>(dataplane.CountServicePorts(family), Label(family)))),
            description: $"Service ports in force, by ip_family; only the first {MostServicePorts} have series of their own.");
        meter.CreateObservableGauge(
            "kube_proxy_next_map_entries", () => ReadMaps(map => map.Entries),
            description: $"Entries in use of a map, by ip_family and map; sockets, source_ranges and affinities as of {CountPeriod.TotalSeconds} seconds ago at most.");
        meter.CreateObservableGauge(
            "kube_proxy_next_map_capacity", () => ReadMaps(map => map.Capacity), description: "Entries that a map has room for, by ip_family and map.");
        meter.CreateObservableCounter(
            "kube_proxy_next_program_runs_total", () => ReadPrograms(runs => runs.Count),
            description: "Runs of a BPF program, by ip_family and program, while kernel.bpf_stats_enabled is 1.");
        meter.CreateObservableCounter(
            "kube_proxy_next_program_run_seconds_total", () => ReadPrograms(runs => runs.Nanoseconds * Nanosecond),
            description: "Time that a BPF program ran, by ip_family and program, while kernel.bpf_stats_enabled is 1.");
    }

    /// <summary>Shows what the dataplane holds, from now on.</summary>
    /// <returns>What ends that: to be disposed of before the dataplane.</returns>
    public IDisposable Show(Dataplane dataplane)
    {
        lock (_lock)
        {
            _dataplane = dataplane;
            _servicePorts.Forget();
            _counted.Forget();
            return new Shown(this);
        }
    }

    private IReadOnlyList<T> Ask<T>(Func<Dataplane, IEnumerable<T>> read)
    {
        lock (_lock)
        {
            return _dataplane is { } dataplane ? [.. read(dataplane)] : [];
        }
    }

    private static KeyValuePair<string, object?> Label(Model.IpFamily family) => new("ip_family", $"{family}");

    private static bool AreProgramsCounted() => File.Exists(StatisticsSwitch) && File.ReadAllText(StatisticsSwitch).Trim() == "1";

    private IEnumerable<Measurement<long>> ReadServicePorts(Func<ServicePortUse, ulong> value) =>
        _servicePorts.Value.Select(port => new Measurement<long>((long)value(port), Labels(port)));

    // Most Services are dialled by sockets alone: those have no series that say nothing.
    private IEnumerable<Measurement<long>> ReadTraffic(Func<Traffic, ulong> value) =>
        from port in _servicePorts.Value
        from way in new[] { (Name: "to_backends", Count: value(port.ToBackends)), (Name: "to_clients", Count: value(port.ToClients)) }
        where way.Count > 0
        select new Measurement<long>((long)way.Count, [.. Labels(port), new("direction", way.Name)]);

    private static KeyValuePair<string, object?>[] Labels(ServicePortUse port) =>
    [
        new("namespace", port.Service.Namespace), new("service", port.Service.Name), new("port", port.PortName),
        new("protocol", $"{port.Protocol}".ToUpperInvariant()), Label(port.Family),
    ];

    private IEnumerable<Measurement<long>> ReadMaps(Func<MapUse, int> value) =>
        Ask(dataplane => dataplane.ReadMaps()).Concat(_counted.Value).Select(map => new Measurement<long>(value(map), Label(map.Family), new("map", map.Map)));

    // Kernels before 5.13 cannot read tries that fast: these maps go without.
    private IReadOnlyList<MapUse> Count()
    {
        try
        {
            return Ask(dataplane => dataplane.CountMaps());
        }
        catch (BpfException)
        {
            return [];
        }
    }

    private IEnumerable<Measurement<double>> ReadPrograms(Func<ProgramRuns, double> value) => AreProgramsCounted()
        ? Ask(dataplane => dataplane.ReadPrograms()).Select(program => new Measurement<double>(value(program.Runs), Label(program.Family), new("program", program.Program)))
        : [];

    private sealed class Shown(DataplaneMetrics metrics) : IDisposable
    {
        public void Dispose()
        {
            lock (metrics._lock)
            {
                metrics._dataplane = null;
            }
        }
    }
}
