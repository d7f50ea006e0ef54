using System.Text.Json;
using KubeProxyNext.ClusterChecks.Clusters;

namespace KubeProxyNext.ClusterChecks.DryRun;

/// <summary>What the tools would tell of a cluster that does not exist: the names are those of the workload, the addresses are made up.</summary>
internal sealed class SampleCluster(IClusterTool tool)
{
    private static readonly string[] NodeNames = ["control-plane", "worker-1", "worker-2"];
    private static readonly string[] ServiceNames = ["web", "sticky", "near", "front", "seen", "nobody"];
    private static readonly string[] PodNames = ["web-1", "web-2", "client-1", "client-2", "host-1"];

    public string Nodes => List(NodeNames, (name, i) => new
    {
        metadata = new { name, labels = new Dictionary<string, string> { [i == 0 ? "node-role.kubernetes.io/control-plane" : "node"] = "" } },
        status = new { addresses = Both($"172.18.0.{2 + i}", $"2001:db8:18::{2 + i}").Select(address => new { type = "InternalIP", address }) },
    });

    public string Services => List(ServiceNames, (name, i) => new
    {
        metadata = new { name },
        spec = new
        {
            clusterIPs = Both($"10.96.0.{10 + i}", $"2001:db8:96::{10 + i}"),
            ports = new[] { new { name = "http", nodePort = 30080 + i }, new { name = "udp", nodePort = 30053 } },
            healthCheckNodePort = 30900,
        },
    });

    public string Pods => List(PodNames, (name, i) => new
    {
        metadata = new { name },
        status = new { podIPs = Both($"10.244.1.{2 + i}", $"2001:db8:244::{2 + i}").Select(ip => new { ip }) },
    });

    public string Outside
    {
        get
        {
            var network = new { IPAddress = "172.18.0.9", GlobalIPv6Address = tool.IsDualStack ? "2001:db8:18::9" : "" };
            return JsonSerializer.Serialize(new[] { new { NetworkSettings = new { Networks = new Dictionary<string, object> { [tool.Network] = network } } } });
        }
    }

    private static string List<T>(IEnumerable<string> names, Func<string, int, T> item) => JsonSerializer.Serialize(new { items = names.Select(item) });

    private IEnumerable<string> Both(string v4, string v6) => tool.IsDualStack ? [v4, v6] : [v4];
}
