using System.Net;

namespace KubeProxyNext.Unit.Netlink;

/// <summary>What <c>nf_conntrack</c> of a network has.</summary>
internal static class TrackedConnections
{
    private const string Table = "/proc/thread-self/net/nf_conntrack";

    private static readonly string[] OfNoInterest = ["mark=", "use=", "zone=", "secctx="];

    /// <summary>
    /// A line for each connection: protocol, state of TCP, both directions, and what is said of them. Timeouts are not among it, since they run.
    /// </summary>
    internal static IEnumerable<string> Of(TemporaryNetwork network) =>
        network.Run(() => File.ReadAllLines(Table)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(Line);

    // Before come the family's name and number, then the protocol's, and the timeout.
    private static string Line(string[] words) => string.Join(' ', words[2..3].Concat(words[5..]
        .Where(word => !Array.Exists(OfNoInterest, word.StartsWith)).Select(Shortened)));

    private static string Shortened(string word) =>
        word.Split('=') is ["src" or "dst", var address] ? $"{word[..3]}={IPAddress.Parse(address)}" : word;
}
