using KubeProxyNext.ClusterChecks.Checks;
using KubeProxyNext.ClusterChecks.Clusters;
using KubeProxyNext.ClusterChecks.Facts;
using KubeProxyNext.ClusterChecks.Tools;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.ClusterChecks;

/// <summary>The checks on a cluster, from beginning to end.</summary>
internal sealed class ClusterRun(ITools tools, IClusterTool tool, RunOptions options, Report report)
{
    private readonly Kubectl _kubectl = new(options);

    /// <summary>Makes a cluster, tries everything, and removes it, whatever happens.</summary>
    /// <returns>Whether everything was as expected.</returns>
    /// <exception cref="MissingException">Something that is needed is not there.</exception>
    /// <exception cref="LabException">There is such a cluster already.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        await Requirements.CheckAsync(tools, tool, cancellation);
        var leftovers = new Leftovers(tools, tool, options, report);
        await leftovers.RefuseToReplaceAsync(cancellation);
        var deployment = new Deployment(tools, tool, _kubectl, options, report);
        await deployment.BuildImageAsync(cancellation);
        try
        {
            return await TryAsync(deployment, cancellation);
        }
        finally
        {
            if (options.Keep)
            {
                leftovers.TellWhatStays();
            }
            else
            {
                await leftovers.RemoveAsync();
            }
        }
    }

    private async Task<bool> TryAsync(Deployment deployment, CancellationToken cancellation)
    {
        var isGood = false;
        try
        {
            await deployment.CreateClusterAsync(cancellation);
            var cluster = await deployment.PopulateAsync(await deployment.DeployAsync(cancellation), cancellation);
            isGood = await CheckAsync(cluster, cancellation);
        }
        catch (LabException error)
        {
            report.Error($"FAILED before the checks: {error.Message}");
        }

        if (!isGood)
        {
            await new Diagnosis(tools, _kubectl, options, report).WriteAsync(cancellation);
        }

        return isGood;
    }

    private async Task<bool> CheckAsync(ClusterFacts cluster, CancellationToken cancellation)
    {
        var checks = new CheckList(cluster, _kubectl, options).All();
        report.Say($"{checks.Count} checks, over {string.Join(" and ", cluster.Families)}:");
        var runner = new CheckRunner(tools, options.Patience);
        List<Outcome> outcomes = [];
        foreach (var check in checks)
        {
            outcomes.Add(await runner.RunAsync(check, cancellation));
            report.Show(outcomes[^1]);
        }

        report.Verdict(outcomes);
        return outcomes.All(outcome => outcome.HasPassed);
    }
}
