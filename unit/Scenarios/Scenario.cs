namespace KubeProxyNext.Unit.Scenarios;

/// <summary>One state that a scenario goes through: the manifest that leads to it, and what the maps are to say then.</summary>
internal sealed record ScenarioState(string Manifest, string Maps);

/// <summary>A folder that claims something about this node. README.md says what is in it.</summary>
internal sealed class Scenario
{
    private const string OptionsFile = "options.yaml";

    private Scenario(string folder)
    {
        Folder = folder;
        var steps = Directory.EnumerateFiles(folder, "*-*.yaml").OrderBy(Number);
        States =
        [
            new(Path.Combine(folder, "cluster.yaml"), Path.Combine(folder, "expected.maps")),
            .. steps.Select(step => new ScenarioState(step, Path.ChangeExtension(step, ".maps"))),
        ];
        var options = Path.Combine(folder, OptionsFile);
        Options = File.Exists(options) ? ScenarioOptions.Parse(File.ReadAllText(options)) : new();
    }

    /// <summary>The folder of all scenarios, in the source tree: what is expected is written there, too.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>What every scenario begins with: the Node object and the networks of cluster IPs.</summary>
    public static string Base { get; } = Path.Combine(Root, "base.yaml");

    public static IEnumerable<string> Names { get; } =
        [.. Directory.EnumerateDirectories(Root).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    public string Folder { get; }

    public IReadOnlyList<ScenarioState> States { get; }

    public ScenarioOptions Options { get; }

    public static Scenario Named(string name) => new(Path.Combine(Root, name));

    /// <summary>Files of the folder that no state asks for.</summary>
    public IEnumerable<string> Strays() => Directory.EnumerateFileSystemEntries(Folder)
        .Except(States.SelectMany(state => new[] { state.Manifest, state.Maps }))
        .Select(file => Path.GetFileName(file)).Where(file => file != OptionsFile);

    /// <summary>The leading number of a step's file, which says its place: <c>2-the-slice-is-deleted.yaml</c>.</summary>
    public static int Number(string step) =>
        int.TryParse(Path.GetFileName(step).Split('-')[0], out var number) ? number : 0;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var root = Path.Combine(folder.FullName, "unit", "Scenarios");
            if (Directory.Exists(root))
            {
                return root;
            }
        }

        throw new DirectoryNotFoundException($"{AppContext.BaseDirectory} is not inside the repository");
    }
}
