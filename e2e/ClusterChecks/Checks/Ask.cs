using KubeProxyNext.ClusterChecks.Facts;

namespace KubeProxyNext.ClusterChecks.Checks;

/// <summary>The commands of clients: what the test image has for asking its like.</summary>
internal static class Ask
{
    // For whoever has to be answered, and is not.
    private const string Patience = "5";
    private const string Begun = "/tmp/begun";
    private const string Stop = "/tmp/stop";

    /// <summary>Asks once who answers, or, with <c>clientip</c>, as whom that one sees the client.</summary>
    public static IReadOnlyList<string> Once(string address, int port, string what = "hostname") => Curl(Url(address, port, what));

    /// <summary>Asks a name.</summary>
    public static IReadOnlyList<string> ByName(string name, Family family) => Curl($"http://{name}/hostname", family == Family.IPv4 ? "-4" : "-6");

    /// <summary>Asks again and again, each time with a connection of its own, and counts the answers.</summary>
    public static IReadOnlyList<string> Many(string address, int port, int times) =>
        Shell($"for i in $(seq {times}); do {InShell(address, port, "-w '\\n'")} || echo failed; done | sort | uniq -c");

    /// <summary>Asks without a pause until it is stopped, and counts the failures.</summary>
    public static IReadOnlyList<string> WithoutPause(string address, int port) => Shell(
        $"rm -f {Stop}; touch {Begun}; n=0; f=0; " +
        $"while [ ! -e {Stop} ]; do n=$((n+1)); {InShell(address, port, "-o /dev/null")} || f=$((f+1)); done; echo \"$n connections, $f failed\"");

    /// <summary>Waits until <see cref="WithoutPause"/> has begun in the same place.</summary>
    public static IReadOnlyList<string> ForBeginning => Shell($"until [ -e {Begun} ]; do sleep 1; done");

    /// <summary>Ends <see cref="WithoutPause"/> in the same place.</summary>
    public static IReadOnlyList<string> ToStop => ["touch", Stop];

    /// <summary>Sends a datagram that asks who answers, by way of the client's own server.</summary>
    public static IReadOnlyList<string> Datagram(string address, int port) =>
        Curl($"http://127.0.0.1:8080/dial?protocol=udp&request=hostname&tries=1&host={address}&port={port}");

    /// <summary>Connects, and says in a word why that fails.</summary>
    public static IReadOnlyList<string> Connect(string address, int port) => ["/agnhost", "connect", "--timeout=3s", Families.WithPort(address, port)];

    /// <summary>Asks for the status of an answer alone.</summary>
    public static IReadOnlyList<string> Status(string address, int port, string path) => Curl(Url(address, port, path), "-o", "/dev/null", "-w", "%{http_code}");

    private static string[] Curl(string url, params IEnumerable<string> more) => ["curl", "-gsS", "--max-time", Patience, .. more, url];

    private static string[] Shell(string script) => ["sh", "-c", script];

    private static string InShell(string address, int port, string more) => $"curl -gsS --max-time {Patience} {more} '{Url(address, port, "hostname")}'";

    private static string Url(string address, int port, string path) => $"http://{Families.WithPort(address, port)}/{path}";
}
