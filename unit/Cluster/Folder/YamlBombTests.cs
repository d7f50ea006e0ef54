using System.Diagnostics.Metrics;
using System.Text;
using KubeProxyNext.Cluster.Folder;
using KubeProxyNext.Cluster.Problems;

namespace KubeProxyNext.Unit.Cluster.Folder;

/// <summary>Small files that stand for very much, or for themselves: they are refused, or come to nothing, and what is beside them is read.</summary>
[CancelAfter(60_000)]
internal sealed class YamlBombTests
{
    private const string Good = "\n---\n{apiVersion: v1, kind: Service, metadata: {name: good}, spec: {clusterIP: 10.96.0.9, ports: [{port: 80}]}}\n";

    private readonly LogList _log = new();

    private static IEnumerable<TestCaseData> Harmless()
    {
        yield return Case("texts within texts", $"{Laughs(i => $"l{i}", "[{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}]")}\nkind: Service\napiVersion: v1\nmetadata: {{name: bad, labels: *l40}}");
        yield return Case("nulls within nulls", $"{Laughs(i => $"l{i}", "[{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}]", "~")}\nkind: Service\napiVersion: v1\nmetadata: {{name: bad}}\nspec: {{ports: *l40}}");
        yield return Case("an object within itself", "&a\nkind: Service\napiVersion: v1\nmetadata: {name: bad}\nspec: *a");
        yield return Case("a list within itself", "&a\nkind: List\nitems: [*a, *a]");
        yield return Case("lists within lists", $"{Laughs(i => $"l{i}", "{{kind: List, items: [{0}, {0}, {0}, {0}]}}", "{kind: List, items: []}")}\nkind: List\nitems: [*l40]");
    }

    private static IEnumerable<TestCaseData> Refused()
    {
        yield return Case("nested without end", string.Concat(Enumerable.Repeat("[", 100_000)));
        yield return Case("mappings without end", string.Concat(Enumerable.Range(0, 20_000).Select(_ => "{a: ")));
        yield return Case("keys of keys", $"{Laughs(i => $"l{i}", "[{0}, {0}]")}\n? *l40\n: 1");
        yield return Case("a key that is a list", "? [a, b]\n: 1");
        yield return Case("a key that is a mapping", "{? {a: b} : 1}");
    }

    [TestCaseSource(nameof(Harmless))]
    public void Bomb_DoesNotKeepItsNeighboursOut(string yaml)
    {
        var file = Read(yaml + Good);

        Assert.That(file.Services.Select(service => service.Name.Name), Does.Contain("good"));
    }

    [TestCaseSource(nameof(Refused))]
    public void Bomb_LeavesWhatTheFileHeldBefore(string yaml)
    {
        var before = Read(Good);

        var file = Read(yaml + Good, before);

        Assert.That(file, Is.SameAs(before));
        Assert.That(_log.Lines[^1].Text, Does.Contain("nested deeper").Or.Contain("a key that is not a single value"));
    }

    [Test]
    public void Aliases_AsPeopleUseThem_AreRead()
    {
        var file = Read("""
            kind: List
            items:
            - {apiVersion: v1, kind: Service, metadata: {name: one, labels: &l {app: web}}, spec: {clusterIP: 10.96.0.1, ports: &p [{port: 80}]}}
            - {apiVersion: v1, kind: Service, metadata: {name: two, labels: *l}, spec: {clusterIP: 10.96.0.2, ports: *p}}
            """);

        Assert.That(file.Services.Select(service => service.Ports.Single().Port), Is.EqualTo((ushort[])[80, 80]));
    }

    private ManifestFile Read(string yaml, ManifestFile? before = null)
    {
        using var meter = new Meter(nameof(YamlBombTests));
        var reader = new ManifestReader("node-a", new(_log.For<InputProblems>(), meter), _log.For<ManifestReader>());
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, yaml);
            return reader.Read(path, before)!;
        }
        finally
        {
            File.Delete(path);
        }
    }

    // Forty floors, each of which stands for several of the one below.
    private static string Laughs(Func<int, string> name, string form, string ground = "lol")
    {
        var text = new StringBuilder($"x0: &{name(0)} {ground}\n");
        for (var i = 1; i <= 40; i++)
        {
            text.Append($"x{i}: &{name(i)} ").AppendFormat(form, $"*{name(i - 1)} ").Append('\n');
        }

        return text.ToString();
    }

    private static TestCaseData Case(string name, string yaml) => new TestCaseData(yaml).SetArgDisplayNames(name);
}
