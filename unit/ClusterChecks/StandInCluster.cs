using System.Text.Json;

namespace KubeProxyNext.Unit.ClusterChecks;

/// <summary>What kubectl and docker tell of a cluster, with more in it than is asked for, as from the real ones.</summary>
internal static class StandInCluster
{
    public static void Write(string tool, string cluster, bool isDualStack, Action<string, string> write)
    {
        // kubectl sorts by name, so the control plane is not first everywhere.
        string[] nodes = tool == "kind"
            ? [$"{cluster}-control-plane", $"{cluster}-worker", $"{cluster}-worker2"]
            : [$"k3d-{cluster}-agent-0", $"k3d-{cluster}-agent-1", $"k3d-{cluster}-server-0"];
        var families = isDualStack ? 2 : 1;
        write("nodes.json", List(nodes.Select(name => Node(name, Number(name), families))));
        write("services.json", List(Services().Select(service => Service(service.Name, service.Number, families))));
        write("pods.json", List(Pods().Select(pod => Pod(pod.Name, pod.Number, families))));
        var network = new { IPAddress = "172.18.0.9", IPPrefixLen = 16, GlobalIPv6Address = isDualStack ? "2001:db8:18::9" : "" };
        write("outside.json", JsonSerializer.Serialize(new[]
        {
            new { Id = "4f1c", NetworkSettings = new { Networks = new Dictionary<string, object> { [tool == "kind" ? "kind" : $"k3d-{cluster}"] = network } } },
        }));
    }

    private static int Number(string node) => IsControlPlane(node) ? 2 : node.EndsWith("worker", StringComparison.Ordinal) || node.EndsWith('0') ? 3 : 4;

    private static bool IsControlPlane(string node) => node.Contains("control-plane", StringComparison.Ordinal) || node.Contains("server", StringComparison.Ordinal);

    private static IEnumerable<(string Name, int Number)> Services() =>
        new[] { "web", "sticky", "near", "front", "seen", "nobody", "kubernetes" }.Select((name, i) => (name, i));

    private static IEnumerable<(string Name, int Number)> Pods() =>
        new[] { "web-1", "web-2", "client-1", "client-2", "host-1" }.Select((name, i) => (name, i));

    private static object Node(string name, int number, int families) => new
    {
        kind = "Node",
        metadata = new
        {
            name,
            labels = new Dictionary<string, string>
            {
                ["kubernetes.io/hostname"] = name,
                [IsControlPlane(name) ? "node-role.kubernetes.io/control-plane" : "kubernetes.io/os"] = "",
            },
        },
        status = new
        {
            addresses = new[]
            {
                new { type = "InternalIP", address = $"172.18.0.{number}" },
                new { type = "InternalIP", address = $"2001:db8:18::{number}" },
            }.Take(families).Append(new { type = "Hostname", address = name }),
        },
    };

    private static object Service(string name, int number, int families) => new
    {
        kind = "Service",
        metadata = new { name },
        spec = new Dictionary<string, object>
        {
            ["clusterIP"] = $"10.96.0.{10 + number}",
            ["clusterIPs"] = new[] { $"10.96.0.{10 + number}", $"2001:db8:96::{10 + number}" }.Take(families),
            ["ports"] = name is "kubernetes" or "near"
                ? new object[] { new { name = "http", port = 443 } }
                : [new { name = "http", port = 80, nodePort = 30080 + number }, new { name = "udp", port = 80, nodePort = 30053 }],
            [name == "seen" ? "healthCheckNodePort" : "sessionAffinity"] = name == "seen" ? 30900 : "None",
        },
    };

    private static object Pod(string name, int number, int families) => new
    {
        kind = "Pod",
        metadata = new { name },
        status = new { podIPs = new[] { $"10.244.1.{2 + number}", $"2001:db8:244::{2 + number}" }.Take(families).Select(ip => new { ip }) },
    };

    private static string List(IEnumerable<object> items) => JsonSerializer.Serialize(new { kind = "List", items });
}
