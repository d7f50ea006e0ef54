using System.Globalization;
using System.Text.Json;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Soak;

/// <summary>
/// What is in use on a node after all clients have gone, against what its Services need: nothing of it in memory of the daemon, and nothing in
/// the kernel, is to be left of what came and went.
/// </summary>
internal sealed class Leftovers(SoakCluster cluster)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Flows of what ended in order live for 120 s, and one direction alone, whose other gave way in a full table, for 300; sweeps, and the
    // counting of sockets, come once in a while, and backends are given back after that.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(400);

    /// <summary>Looks until nothing is left, and tells what is after that: a line each.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            var found = await LookAsync();
            if (found.Count == 0 || deadline.IsCancellationRequested)
            {
                return [.. found.Select(line => $"left over: {line}")];
            }

            await Task.Delay(Pause, cancellation);
        }
    }

    private async Task<IReadOnlyList<string>> LookAsync()
    {
        using var maps = LiveMaps.TryOpen(cluster.Node);
        if (maps is null)
        {
            return ["there is not one folder of maps"];
        }

        var (found, expected) = (maps.Lines.ToHashSet(), ExpectedLines().ToHashSet());
        return
        [
            .. found.Except(expected).Select(line => $"not planned: {line}"),
            .. expected.Except(found).Select(line => $"not in force: {line}"),
            .. maps.Live == 0 ? [] : new[] { $"backends have {maps.Live} connections" },
            .. await UsedAsync(),
            .. await FlowsAsync(),
        ];
    }

    private IEnumerable<string> ExpectedLines() =>
        from service in cluster.Services
        where service.Exists
        from port in service.Ports
        from address in new[] { $"{service.ClusterIp}:{port.Port}", $"0.0.0.0:{port.NodePort}" }
        let backends = service.Desired.Numbers.Select(number => $"{cluster.Pods[number].IPv4}:{port.Target}").Order(StringComparer.Ordinal)
        select $"{address}/{port.Protocol} -> {string.Join(' ', backends)}";

    private async Task<IEnumerable<string>> UsedAsync()
    {
        var metrics = (await cluster.Node.RunAsync("curl", "-sS", "http://127.0.0.1:10249/metrics")).MustSucceed().Split('\n');
        var ports = cluster.Services.Where(service => service.Exists).Sum(service => service.Ports.Count);
        var kept = cluster.Services.Where(service => service.KeepsClients).Sum(service => service.Ports.Count) * cluster.Crowds.Count;
        var slots = cluster.Services.Sum(service => service.Ports.Count * service.Desired.Count);
        return
        [
            .. Differs("service_counters", ports), .. Differs("slots", slots), .. Differs("backends", slots),
            .. Differs("sockets", 0), .. Differs("source_ranges", 0), .. Value("affinities") <= kept ? [] : Differs("affinities", kept),
        ];

        IEnumerable<string> Differs(string map, int wanted) => Value(map) is var used && used != wanted ? [$"{map}: {used} in use, {wanted} needed"] : [];

        int Value(string map)
        {
            var series = $"kube_proxy_next_map_entries{{ip_family=\"IPv4\",map=\"{map}\"}} ";
            var line = metrics.SingleOrDefault(line => line.StartsWith(series, StringComparison.Ordinal)) ?? throw new LabException($"no {series}");
            return (int)double.Parse(line[series.Length..], CultureInfo.InvariantCulture);
        }
    }

    private async Task<IEnumerable<string>> FlowsAsync()
    {
        var status = (await cluster.Node.RunAsync(Binary.Path, "status", "-o", "json", "--bpffs", cluster.Node.BpfFolder)).MustSucceed();
        using var json = JsonDocument.Parse(status);
        var family = json.RootElement.GetProperty("IPv4");
        return
        [
            .. new[] { "flow_entries", "flow_connections" }
                .Select(name => (name, Count: family.GetProperty(name).GetInt64()))
                .Where(one => one.Count != 0)
                .Select(one => $"{one.name}: {one.Count}"),
        ];
    }
}
