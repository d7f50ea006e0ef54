using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Cluster;

/// <summary>
/// Three nodes of the same kind, each with a client and a server on its bridge: one without netfilter, for this project; one for nftables
/// rules, one for those of iptables.
/// </summary>
internal sealed class BenchLab : IAsyncDisposable
{
    private BenchLab(Lab lab) => Lab = lab;

    public Lab Lab { get; }

    public Node Ours => Lab.Nodes[0];

    public Node Nftables => Lab.Nodes[1];

    public Node Iptables => Lab.Nodes[2];

    /// <summary>Where the API server runs.</summary>
    public Pod Api => Lab["api"];

    public static async Task<BenchLab> BuildAsync(CancellationToken cancellation)
    {
        var lab = await Lab.BuildAsync([Plan("ours", "api"), Plan("nft"), Plan("ipt")], cancellation);
        try
        {
            SetBridgeNetfilter(lab.Nodes[0], on: false);
            SetBridgeNetfilter(lab.Nodes[1], on: true);
            SetBridgeNetfilter(lab.Nodes[2], on: true);
            return new(lab);
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    public Pod ClientOn(Node node) => Lab[$"{node.Name}-client"];

    public Pod ServerOn(Node node) => Lab[$"{node.Name}-server"];

    public ValueTask DisposeAsync() => Lab.DisposeAsync();

    private static NodePlan Plan(string node, params string[] more) => new(node, [$"{node}-client", $"{node}-server", .. more]);

    /// <summary>Pods of one node are neighbours: kube-proxy needs netfilter to see what the bridge carries, and asks for it.</summary>
    private static void SetBridgeNetfilter(Node node, bool on) => node.Network.Run(() =>
    {
        const string setting = "/proc/sys/net/bridge/bridge-nf-call-iptables";
        if (File.Exists(setting))
        {
            File.WriteAllText(setting, on ? "1" : "0");
        }
        else if (on)
        {
            throw new LabException("the kernel lacks br_netfilter: modprobe br_netfilter");
        }

        return true;
    });
}
