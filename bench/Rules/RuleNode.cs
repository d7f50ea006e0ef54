using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Bench.Load;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Rules;

/// <summary>A node with one of kube-proxy's rule sets, and a client and a server on its bridge.</summary>
internal sealed class RuleNode : IAsyncDisposable
{
    private readonly Node _node;
    private readonly string _file;

    private RuleNode(IRuleSet rules, Node node, string file, LoadClient client, Server server) =>
        (Rules, _node, _file, Client, Server) = (rules, node, file, client, server);

    public IRuleSet Rules { get; }

    public LoadClient Client { get; }

    public Server Server { get; }

    /// <summary>Starts client and server; there are no rules yet.</summary>
    public static async Task<RuleNode> StartAsync(BenchLab lab, Node node, IRuleSet rules)
    {
        var pod = lab.ClientOn(node);

        // The laboratory refuses ClusterIPs in the pod: here they go out to the node, as in a cluster.
        (await pod.RunAsync("ip", "route", "del", "unreachable", "10.96.0.0/16")).MustSucceed();
        var client = await LoadClient.StartAsync(pod);
        return new(rules, node, $"{lab.Lab.StateFolder}/{rules.Name}.rules", client, await Server.StartAsync(lab.ServerOn(node)));
    }

    /// <summary>Puts the rules for so many Services in force.</summary>
    public async Task<BenchServices> LoadAsync(int count)
    {
        var services = new BenchServices(count, Server.Address);
        await using (var file = File.CreateText(_file))
        {
            Rules.Write(file, services);
        }

        await Rules.LoadAsync(_node, _file);
        return services;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
