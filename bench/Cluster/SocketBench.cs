using KubeProxyNext.Bench.Load;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Cluster;

/// <summary>One server, and clients in the same pod that differ only in what is attached to their cgroup.</summary>
internal sealed class SocketBench : IAsyncDisposable
{
    /// <summary>How many Services there are, from client to client.</summary>
    public static readonly int[] Sizes = [1, 1_000, 10_000, LargeCluster.Services];

    private readonly List<ServedClient> _served = [];

    private SocketBench(Server server, LoadClient bare) => (Server, Bare) = (server, bare);

    public Server Server { get; }

    /// <summary>The client without any programs in its cgroup.</summary>
    public LoadClient Bare { get; }

    public IReadOnlyList<ServedClient> Served => _served;

    public ServedClient With(int services) => _served.Single(client => client.Services.Count == services);

    public static async Task<SocketBench> BuildAsync(BenchLab lab)
    {
        var pod = lab.ClientOn(lab.Ours);
        var bench = new SocketBench(await Server.StartAsync(lab.ServerOn(lab.Ours)), await LoadClient.StartAsync(pod.Aside("bare")));
        foreach (var size in Sizes)
        {
            bench._served.Add(await ServeAsync(lab.Lab, pod, new(size, bench.Server.Address)));
        }

        return bench;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var served in _served)
        {
            await served.Client.DisposeAsync();
        }

        await Bare.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static async Task<ServedClient> ServeAsync(Lab lab, Pod pod, BenchServices services)
    {
        var name = $"services-{services.Count}";
        var place = pod.Aside($"{name}/client");
        var dataplane = FilledDataplane.Load(lab, name, Path.GetDirectoryName(place.Cgroup)!, services);
        return new(services, place, dataplane, await LoadClient.StartAsync(place));
    }
}
