using System.Text.Json;

namespace KubeProxyNext.ClusterChecks.Tools;

/// <summary>Commands of kubectl, all of them for the cluster of this run.</summary>
internal sealed class Kubectl(RunOptions options)
{
    public const string System = "kube-system";
    public const string DaemonSet = "daemonset/kube-proxy-next";

    public ToolCall Nodes => Call("get", "nodes", "--output", "json");

    public ToolCall Pods => Call("get", "pods", "--output", "json");

    public ToolCall Services => Call("get", "services", "--output", "json");

    public ToolCall Restart => Call("--namespace", System, "rollout", "restart", DaemonSet);

    public ToolCall Call(params IReadOnlyList<string> arguments) => new("kubectl", ["--kubeconfig", options.KubeConfig, .. arguments]);

    /// <summary>Applies a folder with a kustomization.</summary>
    public ToolCall ApplyFolder(string folder) => Call("apply", "--kustomize", folder);

    public ToolCall Apply(string manifests) => Call("apply", "--filename", "-") with { Input = manifests };

    /// <summary>Waits for a command's own patience, and a little longer for the command.</summary>
    public ToolCall RolloutOf(string workload, TimeSpan within) =>
        Call("--namespace", System, "rollout", "status", workload, Timeout(within)) with { Within = within + TimeSpan.FromSeconds(10) };

    public ToolCall WaitForReady(string what, TimeSpan within) =>
        Call("wait", "--for", "condition=Ready", what, "--all", Timeout(within)) with { Within = within + TimeSpan.FromSeconds(10) };

    /// <summary>Writes what a provider of load balancers would.</summary>
    public ToolCall Balance(string service, IEnumerable<string> addresses)
    {
        var status = new { status = new { loadBalancer = new { ingress = addresses.Select(ip => new { ip }) } } };
        return Call("patch", "service", service, "--subresource", "status", "--type", "merge", "--patch", JsonSerializer.Serialize(status));
    }

    private static string Timeout(TimeSpan within) => $"--timeout={within.TotalSeconds:0}s";
}
