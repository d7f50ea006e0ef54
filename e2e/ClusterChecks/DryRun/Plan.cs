using KubeProxyNext.ClusterChecks.Checks;
using KubeProxyNext.ClusterChecks.Clusters;
using KubeProxyNext.ClusterChecks.Tools;

namespace KubeProxyNext.ClusterChecks.DryRun;

/// <summary>What a run would do, in its order.</summary>
internal static class Plan
{
    public static async Task ShowAsync(IClusterTool tool, RunOptions options, Report report, CancellationToken cancellation)
    {
        var tools = new PlannedTools(tool, options, report);
        var kubectl = new Kubectl(options);
        // It says what it runs before it does, which is said already.
        var silent = new Report(TextWriter.Null, TextWriter.Null);
        var deployment = new Deployment(tools, tool, kubectl, options, silent);
        var leftovers = new Leftovers(tools, tool, options, silent);
        report.Say("Nothing of this is run. Names of nodes, addresses and ports are made up.");
        await Requirements.CheckAsync(tools, tool, cancellation);
        await leftovers.RefuseToReplaceAsync(cancellation);
        await deployment.BuildImageAsync(cancellation);
        await deployment.CreateClusterAsync(cancellation);
        var cluster = await deployment.PopulateAsync(await deployment.DeployAsync(cancellation), cancellation);
        Show(new CheckList(cluster, kubectl, options).All(), report);
        report.Say(options.Keep ? "The cluster stays. To remove it:" : "Whatever happened:");
        await leftovers.RemoveAsync();
    }

    private static void Show(IReadOnlyList<Check> checks, Report report)
    {
        foreach (var check in checks)
        {
            report.Say($"{check.Name}: expected {check.Expected}");
            foreach (var change in check.Before)
            {
                report.Type($"{change}");
            }

            report.Type($"{check.From.Run(check.Command)}{(check.Meanwhile.Count > 0 ? " &" : "")}");
            foreach (var call in check.Meanwhile)
            {
                report.Type($"{call}");
            }
        }
    }
}
