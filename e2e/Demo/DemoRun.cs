using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Demo;

/// <summary>The demo from beginning to end.</summary>
internal static class DemoRun
{
    /// <summary>Builds the cluster, tries everything, shows it, and cleans up, or leaves it standing and tells how to play with it.</summary>
    /// <returns>Whether everything came back as expected.</returns>
    public static async Task<bool> ShowAsync(Report report, bool keep, CancellationToken cancellation)
    {
        report.Say($"the daemon: {Binary.Path}");
        await using var cluster = await DemoCluster.BuildAsync(cancellation);
        report.Say($"two nodes, six pods on them and a host outside, made of network namespaces and cgroups: {cluster.Lab.Id}");
        await cluster.StartServersAsync().WaitAsync(cancellation);
        cluster.CopyManifests();
        report.Say($"real servers in the pods, and manifests/demo copied to {cluster.Manifests.Path}");
        await cluster.StartDaemonsAsync().WaitAsync(cancellation);
        report.Say("a daemon on each node, its first sync in the kernel; now for what a person would try:");
        var trials = await TryAsync(cluster, cancellation);
        report.Show(trials);
        report.Verdict(trials);
        if (keep)
        {
            await cluster.KeepAsync().WaitAsync(cancellation);
            KeptHint.Tell(report, cluster);
        }

        return trials.All(trial => trial.Good);
    }

    /// <summary>Takes away what earlier demos left standing.</summary>
    /// <returns>True: what cannot be removed is an exception.</returns>
    public static async Task<bool> RemoveAsync(Report report, CancellationToken cancellation)
    {
        var host = await Host.FindAsync(cancellation);
        foreach (var id in Leftovers.FindKept(host))
        {
            await Leftovers.RemoveAsync(host, id, cancellation);
            report.Say($"removed {id}");
        }

        return true;
    }

    private static async Task<List<Trial>> TryAsync(DemoCluster cluster, CancellationToken cancellation)
    {
        List<Trial> made = [];
        foreach (var trial in new Trials(cluster).All())
        {
            made.Add(await Trials.TryAsync(trial).WaitAsync(cancellation));
        }

        return made;
    }
}
