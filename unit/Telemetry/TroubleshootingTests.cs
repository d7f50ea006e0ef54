using System.Text.Json;
using System.Text.RegularExpressions;
using KubeProxyNext.Telemetry;
using KubeProxyNext.Unit.Manifests;

namespace KubeProxyNext.Unit.Telemetry;

/// <summary><c>docs/troubleshooting.md</c> explains each counter and each alert that there is, and none that there is not.</summary>
public sealed partial class TroubleshootingTests
{
    private static readonly string[] Sums =
    [
        "connections", "refused", "packets_to_backends", "packets_to_clients", "bytes_to_backends", "bytes_to_clients",
        "flow_entries", "flow_capacity", "flow_connections",
    ];

    [Test]
    public void Counters_AreExplained() =>
        Assert.That(
            Explained("What `status` counts", Quoted()),
            Is.EquivalentTo(Enum.GetNames<Counter>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName).Concat(Sums)));

    [Test]
    public void Alerts_AreExplained() =>
        Assert.That(Explained("Alerts", AlertName()), Is.EquivalentTo(Alert().Matches(Text("manifests/monitoring/rules.yaml")).Select(match => match.Groups[1].Value)));

    // In the first column of the table of that section.
    private static IEnumerable<string> Explained(string section, Regex name)
    {
        var page = Text("docs/troubleshooting.md");
        var start = page.IndexOf($"## {section}\n", StringComparison.Ordinal);
        var end = page.IndexOf("\n## ", start, StringComparison.Ordinal);
        var rows = page[start..end].Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Split('|')[1]);
        return rows.SelectMany(first => name.Matches(first)).Select(match => match.Groups[1].Value);
    }

    private static string Text(string path) => File.ReadAllText(Path.Combine(Sources.Root, path));

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("(KubeProxyNext[A-Za-z]+)")]
    private static partial Regex AlertName();

    [GeneratedRegex("alert: ([A-Za-z]+)")]
    private static partial Regex Alert();
}
