using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeProxyNext.Manifests;

namespace KubeProxyNext.Unit.Manifests;

/// <summary>Alerts and dashboard ask for metrics that there are, with labels that they have.</summary>
public sealed partial class MonitoringTests
{
    // Labels that a scrape adds, and words of PromQL that stand where names of metrics do.
    private static readonly string[] OfScrape = ["instance", "node", "job"];

    private static readonly string[] OfLanguage =
        ["by", "count", "histogram_quantile", "increase", "max", "rate", "sum", "topk", "le", .. OfScrape];

    [TestCaseSource(nameof(Expressions))]
    public void Expression_AsksForWhatIsThere(string expression)
    {
        var documented = Documented();
        var bare = Text().Replace(expression, "");
        var metrics = Selected().Matches(bare).Select(match => Histogram().Replace(match.Value, "")).ToList();
        var labels = Word().Matches(bare).Select(match => match.Value).Except(OfLanguage).Where(word => !Selected().IsMatch(word));

        Assert.That(metrics, Is.Not.Empty);
        Assert.That(metrics, Is.SubsetOf(documented.Keys));
        Assert.That(labels, Is.All.Matches<string>(label => metrics.Any(metric => Has(documented[metric], label!))), "docs/metrics.md says nothing of the label");
    }

    [TestCaseSource(nameof(Texts))]
    public void Text_NamesLabelsThatItsExpressionLeaves(string expression, string text)
    {
        var left = Kept().Matches(expression) is { Count: > 0 } kept
            ? kept.SelectMany(match => Word().Matches(match.Groups[1].Value)).Select(match => match.Value)
            : OfScrape;

        Assert.That(InText().Matches(text).Select(match => match.Groups[1].Value), Is.SubsetOf(left));
    }

    [Test]
    public void Rules_AreThoseThatPrometheusTakes()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Rules()["spec"]!.ToJsonString());
            using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "rules", file]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var output = promtool.StandardOutput.ReadToEnd() + promtool.StandardError.ReadToEnd();
            promtool.WaitForExit();

            Assert.That(promtool.ExitCode, Is.Zero, output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void Dashboard_HasEachPanelOnce_AndNoTwoInOnePlace()
    {
        var panels = Dashboard()["panels"]!.AsArray();

        Assert.That(panels.Select(panel => (long)panel!["id"]!), Is.Unique);
        Assert.That(panels.Select(panel => $"{panel!["gridPos"]!["x"]},{panel["gridPos"]!["y"]}"), Is.Unique);
    }

    private static IEnumerable<TestCaseData> Expressions()
    {
        foreach (var rule in Rules()["spec"]!["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()))
        {
            yield return new TestCaseData($"{rule!["expr"]}").SetArgDisplayNames($"{rule["alert"]}");
        }

        foreach (var panel in Dashboard()["panels"]!.AsArray().Where(panel => panel!["targets"] is not null))
        {
            foreach (var target in panel!["targets"]!.AsArray())
            {
                yield return new TestCaseData($"{target!["expr"]}").SetArgDisplayNames($"{panel["title"]} {target["refId"]}");
            }
        }
    }

    private static IEnumerable<TestCaseData> Texts()
    {
        foreach (var rule in Rules()["spec"]!["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()))
        {
            yield return new TestCaseData($"{rule!["expr"]}", $"{rule["annotations"]!["summary"]} {rule["annotations"]!["description"]}").SetArgDisplayNames($"{rule["alert"]}");
        }

        foreach (var panel in Dashboard()["panels"]!.AsArray().Where(panel => panel!["targets"] is not null))
        {
            foreach (var target in panel!["targets"]!.AsArray())
            {
                yield return new TestCaseData($"{target!["expr"]}", $"{target["legendFormat"]}").SetArgDisplayNames($"{panel["title"]} {target["refId"]}");
            }
        }
    }

    // The lines of the table: a name, and what is said of it. Those of kube-proxy say their labels as kube-proxy's documents do.
    private static Dictionary<string, string> Documented() => Row().Matches(File.ReadAllText(Path.Combine(Sources.Root, "docs/metrics.md")))
        .ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value);

    private static bool Has(string description, string label) => Word().Matches(description).Any(word => word.Value == label);

    private static JsonNode Rules() => YamlFile.Read(Path.Combine(Sources.Root, "manifests/monitoring/rules.yaml")).Single();

    private static JsonNode Dashboard() => JsonNode.Parse(File.ReadAllText(Path.Combine(Sources.Root, "manifests/monitoring/dashboard.json")))!;

    [GeneratedRegex(@"\b(kube_proxy_next|kubeproxy|kubernetes|process|rest_client)_\w+")]
    private static partial Regex Selected();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Histogram();

    [GeneratedRegex("\"[^\"]*\"|\\[[^\\]]*\\]")]
    private static partial Regex Text();

    [GeneratedRegex(@"\b[a-z]\w*")]
    private static partial Regex Word();

    [GeneratedRegex(@"\bby \(([^)]*)\)")]
    private static partial Regex Kept();

    [GeneratedRegex(@"\{\{ *(?:\$labels\.)?([a-z]\w*) *\}\}")]
    private static partial Regex InText();

    [GeneratedRegex(@"^\| `(\w+)` \| \w+ \| (.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
