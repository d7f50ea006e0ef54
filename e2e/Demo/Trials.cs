using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Demo;

/// <summary>What a person would try on a fresh cluster, in that order.</summary>
internal sealed partial class Trials(DemoCluster cluster)
{
    private const string Web = "http://10.96.0.10";
    private const string Balancer = "http://198.51.100.30";
    private const string ThreePods = "web-1, web-2 or web-3";
    private static readonly string[] Pods = ["web-1", "web-2", "web-3"];
    private RunningCurl? _client;

    /// <summary>Each is tried when it is asked for.</summary>
    public IEnumerable<Func<Task<Trial>>> All() =>
    [
        () => AskAsync("a pod asks a ClusterIP", cluster.ShellA, $"curl -sS {Web}", ThreePods, Pods),
        () => AskAsync("... over IPv6", cluster.ShellA, "curl -sS 'http://[fd00:10:96::10]'", ThreePods, Pods),
        () => AskAsync("the host asks", cluster.NodeA, $"curl -sS {Web}", ThreePods, Pods),
        () => AskAsync("... over IPv6", cluster.NodeA, "curl -sS 'http://[fd00:10:96::10]'", ThreePods, Pods),
        () => AskAsync("a UDP query", cluster.ShellA, "dig +short +tries=1 @10.96.0.53 web.demo", "the DNS pod's address", [cluster.Lab["dns"].IPv4]),
        () => AskAsync(
            "... over IPv6", cluster.NodeA, "dig +short +tries=1 @fd00:10:96::53 web.demo AAAA", "the DNS pod's address", [cluster.Lab["dns"].IPv6]),
        BalanceAsync,
        () => AskAsync("a pod asks the pods of its own node", cluster.ShellA, "curl -sS http://10.96.0.20", "web-1", ["web-1"]),
        () => AskAsync("... on the other node", cluster.ShellB, "curl -sS http://10.96.0.20", "web-2 or web-3", ["web-2", "web-3"]),
        NobodyAsync,
        () => AskAsync("a pod asks a port of its node", cluster.ShellA, "curl -sS http://172.18.0.2:30080", "web-1 or web-2", ["web-1", "web-2"]),
        () => AskAsync("... the host asks it on loopback", cluster.NodeA, "curl -sS http://127.0.0.1:30080", "web-1 or web-2", ["web-1", "web-2"]),
        () => AskAsync("a load balancer that lets in shell-a", cluster.ShellA, $"curl -sS {Balancer}", "web-1 or web-2", ["web-1", "web-2"]),
        NotLetInAsync,
        StickyAsync,
        StartClientAsync,
        () => EditAsync("an endpoint goes", "ready: true", "ready: false", "web-1 and web-2 alone", Pods[..2]),
        () => EditAsync("... and comes back", "ready: false", "ready: true", "all three pods", Pods),
        StopClientAsync,
        UdpAsync,
        .. FromOutside(),
        () => AskAsync("the daemon dies", cluster.NodeA, $"kill -9 {cluster.Daemons[0].Process.Id}; curl -sS {Web}", ThreePods, Pods),
        () => AskAsync("... and the host outside asks again", cluster.Outside, $"curl -sS {Front}", FrontPods, Fronts),
    ];

    /// <summary>A trial that cannot even be made counts as one that went wrong.</summary>
    public static async Task<Trial> TryAsync(Func<Task<Trial>> trial)
    {
        try
        {
            return await trial();
        }
        catch (LabException e)
        {
            return new("", "", "", "", e.Message, false);
        }
    }

    private async Task<Trial> StartClientAsync()
    {
        _client = await RunningCurl.StartAsync(cluster.ShellB, Web);
        return new("a client begins to connect without a pause", cluster.ShellB.Name, $"{_client.Command} &", "it runs", "it runs", true);
    }

    private Task<Trial> StopClientAsync() =>
        _client?.StopAsync("the client that ran meanwhile") ?? throw new LabException("the client did not get through from the beginning");

    private static async Task<Trial> AskAsync(string title, Place where, string command, string expected, string[] wanted)
    {
        var result = await ShellAsync(where, command);
        var cameBack = $"{result.Output}{result.Errors}";
        return new(title, where.Name, command, expected, cameBack, wanted.Contains(cameBack));
    }

    private async Task<Trial> BalanceAsync()
    {
        const int connections = 900;
        var command = CountingCurl(Web, connections);
        var counts = await CountAsync(command);
        var tolerance = 4 * Math.Sqrt(connections * (1 / 3.0) * (2 / 3.0));
        var even = counts.Count == Pods.Length && counts.Values.All(count => Math.Abs(count - (connections / 3)) <= tolerance);
        return new("backends share the load", cluster.ShellA.Name, command, $"about {connections / 3} each (within {tolerance:0})", Text(counts), even);
    }

    private Task<Trial> NobodyAsync() =>
        FailAsync("a Service without pods", cluster.ShellA, "http://10.96.0.99", "refused at once", "ECONNREFUSED");

    private Task<Trial> NotLetInAsync() => FailAsync("... and not the host", cluster.NodeA, Balancer, "dropped at once", "ETIMEDOUT");

    /// <summary>curl says only that it could not connect; the errno tells a refusal from a route that is missing.</summary>
    private static async Task<Trial> FailAsync(string title, Place where, string url, string expected, string errno)
    {
        const int couldNotConnect = 7, tookTooLong = 28;
        var command = $"curl -sS {url}";
        var result = await ShellAsync(where, command);
        var frontend = new Uri(url);
        var seen = await where.PythonAsync($"print(attempt(lambda: tcp('{frontend.Host}', {frontend.Port})))");
        return new(
            title, where.Name, command, expected, $"{result.Errors} ({seen})",
            result.ExitCode is couldNotConnect or tookTooLong && seen == errno);
    }

    private async Task<Trial> StickyAsync()
    {
        var command = CountingCurl("http://10.96.0.40", 30);
        var counts = await CountAsync(command);
        return new("session affinity", cluster.ShellA.Name, command, "one pod, 30 times", Text(counts), counts.Values.SequenceEqual([30]));
    }

    /// <summary>A socket that is connected to web-3 learns that it is gone, before it sends anything.</summary>
    private async Task<Trial> UdpAsync()
    {
        const string edit = "sed -i '/# web-3/d' echo.yaml";
        await using var client = cluster.ShellA.OpenPython();
        await client.AskAsync("s = held('web-3', lambda: connected_udp('10.96.0.50', 7))");
        (await ShellAsync(cluster.NodeA, $"cd {cluster.Manifests.Path} && {edit}")).MustSucceed();
        var told = await client.AskAsync("s.recv(100)");
        var next = await client.AskAsync("echo(connected_udp('10.96.0.50', 7))");
        return new(
            "a UDP socket's pod goes", cluster.ShellA.Name, $"python3: s.connect(('10.96.0.50', 7)); {edit}; s.recv(100)", "an error at once, then web-1",
            $"{told}, then {next}", (told, next) == ("ECONNABORTED", "web-1"));
    }

    private async Task<Trial> EditAsync(string title, string from, string to, string expected, string[] wanted)
    {
        var edit = $"sed -i '/# web-3/s/{from}/{to}/' web.yaml";
        (await ShellAsync(cluster.NodeA, $"cd {cluster.Manifests.Path} && {edit}")).MustSucceed();
        var ask = CountingCurl(Web, 60);
        var seen = await Eventually.SeesAsync(title, async () => Text(await CountAsync(ask)), text => wanted.SequenceEqual(NamesIn(text)));
        return new(title, cluster.ShellA.Name, $"{edit}; {ask}", expected, seen, true);
    }

    private static IEnumerable<string> NamesIn(string counts) => counts.Split(", ").Select(one => one.Split(' ')[^1]);

    private static string CountingCurl(string url, int connections) => $"curl -sS -H 'Connection: close' '{url}/?[1-{connections}]' | sort | uniq -c";

    private async Task<IReadOnlyDictionary<string, int>> CountAsync(string command) =>
        (await ShellAsync(cluster.ShellA, command)).MustSucceed().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' ', 2))
        .ToDictionary(parts => parts[1], parts => int.Parse(parts[0], null));

    private static string Text(IReadOnlyDictionary<string, int> counts) =>
        string.Join(", ", counts.OrderBy(one => one.Key).Select(one => $"{one.Value} {one.Key}"));

    private static Task<ProcessResult> ShellAsync(Place where, string command) => where.RunAsync("sh", "-c", command);
}
