using KubeProxyNext.ClusterChecks.Clusters;
using KubeProxyNext.ClusterChecks.Tools;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.ClusterChecks;

/// <summary>What a run leaves: nothing, or the cluster, with a word on how to use and how to remove it.</summary>
internal sealed class Leftovers(ITools tools, IClusterTool tool, RunOptions options, Report report)
{
    private IReadOnlyList<ToolCall> Removal => // The container first: its network goes with the cluster.
    [
        new ToolCall("docker", "rm", "--force", "--volumes", options.Outside) with { Within = TimeSpan.FromMinutes(2) },
        tool.Delete with { Within = TimeSpan.FromMinutes(5) },
    ];

    /// <exception cref="LabException">There is such a cluster already, which is not this run's to remove.</exception>
    public async Task RefuseToReplaceAsync(CancellationToken cancellation)
    {
        if (tool.IsListed(await tools.RunAsync(tool.List, cancellation)))
        {
            throw new LabException($"""
                There is a cluster {options.Name} already. Remove it:
                    {string.Join("\n    ", Removal)}
                or take another name: make e2e-{tool.Program} NAME=...
                """);
        }
    }

    /// <summary>Removes all that was made. It goes on where something cannot be removed, and is not to be interrupted.</summary>
    public async Task RemoveAsync()
    {
        foreach (var call in Removal)
        {
            report.Say($"{call}");
            try
            {
                await tools.RunAsync(call, CancellationToken.None);
            }
            catch (LabException error)
            {
                report.Error($"It could not be removed; try again:\n    {call}\n{error.Message}");
            }
        }
    }

    /// <summary>Tells how to use what was kept.</summary>
    public void TellWhatStays()
    {
        report.Say("The cluster stays. Use it, and ask its Services from outside:");
        report.Type($"export KUBECONFIG={options.KubeConfig}");
        report.Type("kubectl --namespace kube-system logs daemonset/kube-proxy-next");
        report.Type("kubectl exec --stdin --tty client-1 -- sh");
        report.Type($"docker exec --interactive --tty {options.Outside} sh");
        report.Say("Remove it:");
        foreach (var call in Removal)
        {
            report.Type($"{call}");
        }
    }
}
