using KubeProxyNext.Cluster.Folder;

namespace KubeProxyNext.Unit.Scenarios;

/// <summary>
/// Kubernetes YAML in, a text dump of the maps out: every folder beside this file is one scenario, README.md says of what. With
/// SCENARIOS=write in the environment what is expected is written instead of compared.
/// </summary>
[RequiresBpf]
public sealed class ScenarioTests
{
    private static readonly bool IsWriting = Environment.GetEnvironmentVariable("SCENARIOS") == "write";

    private NodeMaps _maps = null!;

    [OneTimeSetUp]
    public void Load() => _maps = new();

    [OneTimeTearDown]
    public void Unload() => _maps?.Dispose();

    [TearDown]
    public void MakeEmpty() => _maps.MakeEmpty();

    [TestCaseSource(typeof(Scenario), nameof(Scenario.Names))]
    public void InEachState_TheMapsSayWhatIsExpected(string name)
    {
        Assert.Multiple(() =>
        {
            foreach (var (state, run, told) in Walk(Scenario.Named(name)))
            {
                Compare(state.Maps, [.. ScenarioDump.Of(_maps, run), .. ScenarioDump.Told(told)]);
            }
        });
    }

    [TestCaseSource(typeof(Scenario), nameof(Scenario.Names))]
    public void EachState_FromScratch_IsAsByStep(string name)
    {
        var scenario = Scenario.Named(name);
        var byStep = Walk(scenario).Select(step => string.Join('\n', ScenarioDump.Of(_maps, step.Run))).ToList();
        var clusters = Clusters(scenario).ToList();

        for (var i = 0; i < clusters.Count; i++)
        {
            _maps.MakeEmpty();
            var run = new ScenarioRun(_maps, scenario.Options);
            run.Take(clusters[i].Cluster);

            Assert.That(string.Join('\n', ScenarioDump.Of(_maps, run)), Is.EqualTo(byStep[i]), scenario.States[i].Manifest);
        }
    }

    [TestCaseSource(typeof(Scenario), nameof(Scenario.Names))]
    public void EachState_AppliedAgain_WritesNothing(string name)
    {
        foreach (var (state, run, _) in Walk(Scenario.Named(name)))
        {
            var before = _maps.Image();

            run.SyncAgain();

            Assert.That(_maps.Image(), Is.EqualTo(before), state.Manifest);
        }
    }

    [TestCaseSource(typeof(Scenario), nameof(Scenario.Names))]
    public void AllObjectsDeleted_NothingIsLeft(string name)
    {
        var run = Walk(Scenario.Named(name)).Last().Run;

        run.Take(new ManifestFile());

        Assert.That(_maps.Leftovers(), Is.Empty);
    }

    [TestCaseSource(typeof(Scenario), nameof(Scenario.Names))]
    public void Folder_HoldsWhatTheReadmeSays(string name)
    {
        var scenario = Scenario.Named(name);

        Assert.That(scenario.Strays(), Is.Empty);
        Assert.That(scenario.States.Skip(1).Select(state => Scenario.Number(state.Manifest)), Is.EqualTo(Enumerable.Range(2, scenario.States.Count - 1)));
        Assert.That(File.ReadLines(scenario.States[0].Manifest).First(), Does.StartWith("# "), "the claim");
    }

    // Each state in its turn, when the run has come to it.
    private IEnumerable<(ScenarioState State, ScenarioRun Run, IReadOnlyList<string> Told)> Walk(Scenario scenario)
    {
        var run = new ScenarioRun(_maps, scenario.Options);
        foreach (var (state, cluster, told) in Clusters(scenario))
        {
            yield return (state, run, [.. told, .. run.Take(cluster)]);
        }
    }

    private static IEnumerable<(ScenarioState State, ManifestFile Cluster, IReadOnlyList<string> Told)> Clusters(Scenario scenario)
    {
        using var reader = new ScenarioReader(scenario.Options.NodeName);
        var cluster = reader.Apply(Scenario.Base, new());
        foreach (var state in scenario.States)
        {
            cluster = reader.Apply(state.Manifest, cluster);
            yield return (state, cluster, reader.TakeTold());
        }
    }

    private static void Compare(string file, IReadOnlyList<string> actual)
    {
        if (IsWriting)
        {
            File.WriteAllLines(file, actual);
        }

        string[] expected = File.Exists(file) ? File.ReadAllLines(file) : [];
        var differences = expected.Except(actual).Select(line => $"- {line}").Concat(actual.Except(expected).Select(line => $"+ {line}"));
        Assert.That(actual, Is.EqualTo(expected), $"{Path.GetRelativePath(Scenario.Root, file)}\n{string.Join('\n', differences)}");
    }
}
