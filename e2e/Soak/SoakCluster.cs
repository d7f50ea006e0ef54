using System.Net;
using KubeProxyNext.ApiServer;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Soak;

/// <summary>
/// Two nodes, of which one has the daemon; backends on both, clients in a pod of the first and outside, an API server at its address, and
/// Services, some of which come and go.
/// </summary>
internal sealed class SoakCluster : IAsyncDisposable
{
    private const int Staying = 4, Coming = 6, ApiPort = 6443;

    private readonly List<IAsyncDisposable> _running = [];

    private SoakCluster(Lab lab) => Lab = lab;

    public Lab Lab { get; }

    public Node Node => Lab.Nodes[0];

    public TestApiServer Api { get; private set; } = null!;

    public IReadOnlyList<Pod> Pods => [.. Lab.Nodes.SelectMany(node => node.Pods).Where(pod => pod.Name.StartsWith("web", StringComparison.Ordinal))];

    public IReadOnlyList<SoakService> Services { get; } =
        [.. Enumerable.Range(0, Staying + Coming).Select(number => new SoakService(number, comesAndGoes: number >= Staying))];

    public IReadOnlyList<Crowd> Crowds { get; private set; } = [];

    public string KubeConfig { get; private set; } = "";

    public static async Task<SoakCluster> BuildAsync(SoakOptions options, CancellationToken cancellation)
    {
        var lab = await Lab.BuildAsync(
            [new("node-a", "clients", "web-1", "web-2", "web-3", "web-4"), new("node-b", "web-5", "web-6", "web-7", "web-8")],
            new() { Outside = ["clients"] },
            cancellation);
        var cluster = new SoakCluster(lab);
        try
        {
            await cluster.StartAsync(options);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_running))
        {
            await one.DisposeAsync();
        }

        await Lab.DisposeAsync();
    }

    private async Task StartAsync(SoakOptions options)
    {
        Api = await TestApiServer.StartAsync(new() { Address = IPAddress.Parse(Node.IPv4), Port = ApiPort, Bind = Node.Bind });
        _running.Add(Api);
        KubeConfig = Api.WriteKubeConfig(Lab.StateFolder);
        foreach (var node in Lab.Nodes)
        {
            Api.Apply(new NodeManifest(node).ToString());
        }

        Api.Apply(new ServiceCidrManifest("kubernetes", "10.96.0.0/16", "fd00:10:96::/108").ToString());
        for (var number = 0; number < Pods.Count; number++)
        {
            var server = Pods[number].Start(NativePrograms.Answer, $"{number}");
            _running.Add(server);
            await server.Output.WaitForAsync("listening", TimeSpan.FromSeconds(20));
        }

        Crowds =
        [
            await CrowdAsync("in a pod, by ClusterIP", Lab["clients"], options),
            await CrowdAsync("outside, by NodePort", Lab.Outside["clients"], options),
        ];
        foreach (var service in Services)
        {
            int[] node = [.. service.Ports.Select(port => port.NodePort)], cluster = [.. service.Ports.Select(port => port.Port)];
            await Crowds[0].KnowAsync(service.Number, service.ClusterIp, cluster[0], cluster.ElementAtOrDefault(1), cluster.ElementAtOrDefault(2));
            await Crowds[1].KnowAsync(service.Number, Node.IPv4, node[0], node.ElementAtOrDefault(1), node.ElementAtOrDefault(2));
        }
    }

    private async Task<Crowd> CrowdAsync(string name, Place place, SoakOptions options)
    {
        var crowd = await Crowd.StartAsync(name, place, options);
        _running.Add(crowd);
        return crowd;
    }
}
