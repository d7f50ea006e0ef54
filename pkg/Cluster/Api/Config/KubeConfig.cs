namespace KubeProxyNext.Cluster.Api.Config;

/// <summary>One or several kubeconfig files, merged as kubectl merges them: the first to name something wins.</summary>
internal sealed class KubeConfig
{
    private readonly string _title;
    private readonly string? _currentContext;
    private readonly Dictionary<string, YamlSection> _clusters = [];
    private readonly Dictionary<string, YamlSection> _users = [];
    private readonly Dictionary<string, YamlSection> _contexts = [];

    public KubeConfig(IReadOnlyList<string> paths)
    {
        _title = string.Join(" and ", paths);
        foreach (var path in paths)
        {
            var file = KubeConfigFile.Load(path);
            _currentContext ??= file.CurrentContext;
            Merge(_clusters, file.Clusters);
            Merge(_users, file.Users);
            Merge(_contexts, file.Contexts);
        }
    }

    /// <param name="master">Overrides the cluster's server; then a context is not needed.</param>
    public ApiServerConfig Resolve(Uri? master)
    {
        if (_currentContext is null)
        {
            return master is null
                ? throw new ApiConfigException($"{_title}: no current-context; set it with kubectl config use-context")
                : new ApiServerConfig { Server = master, Origin = $"--master and {_title}, which has no current-context" };
        }

        var context = Find(_contexts, "context", _currentContext, "current-context");
        var cluster = Referred(_clusters, context, "cluster")
            ?? throw context.Fault("cluster", $"is missing in {context.Title}");
        var server = master ?? ServerOf(cluster);
        return ClusterReader.Read(cluster, server) with
        {
            Origin = context.Title,
            User = Referred(_users, context, "user") is { } user ? UserReader.Read(user, cluster, server) : new(),
        };
    }

    private static void Merge(Dictionary<string, YamlSection> into, Dictionary<string, YamlSection> from)
    {
        foreach (var (name, section) in from)
        {
            into.TryAdd(name, section);
        }
    }

    private static Uri ServerOf(YamlSection cluster)
    {
        var text = cluster.Text("server") ?? throw cluster.Fault("server", $"is missing in {cluster.Title}");
        return ConfigLoader.TryParseServer(text, out var server)
            ? server
            : throw cluster.Fault("server", $"should be a URL such as https://10.0.0.1:6443, not '{text}'");
    }

    private YamlSection? Referred(Dictionary<string, YamlSection> table, YamlSection context, string kind) =>
        context.Text(kind) is { } name ? Find(table, kind, name, context.Title) : null;

    private YamlSection Find(Dictionary<string, YamlSection> table, string kind, string name, string wantedBy) =>
        table.TryGetValue(name, out var found)
            ? found
            : throw new ApiConfigException(
                $"{_title}: {wantedBy} asks for {kind} \"{name}\", which is not there; there {Listing(table, kind)}");

    private static string Listing(Dictionary<string, YamlSection> table, string kind) =>
        table.Count == 0 ? $"is no {kind} at all" : "is " + string.Join(", ", table.Keys.Select(k => $"\"{k}\""));
}
