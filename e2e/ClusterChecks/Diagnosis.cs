using KubeProxyNext.ClusterChecks.Tools;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.ClusterChecks;

/// <summary>What one would look at when something went wrong, written down before the cluster goes.</summary>
internal sealed class Diagnosis(ITools tools, Kubectl kubectl, RunOptions options, Report report)
{
    private (string File, ToolCall Call)[] Looks =>
    [
        ("objects.txt", kubectl.Call("get", "nodes,pods,services,endpointslices", "--all-namespaces", "--output", "wide")),
        ("pods.txt", kubectl.Call("describe", "pods", "--all-namespaces")),
        ("daemon.log", kubectl.Call(
            "--namespace", Kubectl.System, "logs", "--selector", "k8s-app=kube-proxy-next", "--all-containers", "--prefix", "--tail", "500", "--ignore-errors")),
    ];

    public async Task WriteAsync(CancellationToken cancellation)
    {
        foreach (var (file, call) in Looks)
        {
            try
            {
                var seen = await tools.TryAsync(call, cancellation);
                tools.Write($"{options.Folder}/{file}", $"{seen}\n");
            }
            catch (LabException error)
            {
                report.Error($"{file}: {error.Message}");
            }
        }

        report.Say($"What the cluster looked like is in {options.Folder}: {string.Join(", ", Looks.Select(look => look.File))}");
    }
}
