using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Demo;

/// <summary>How to play with a cluster that was left standing.</summary>
internal static class KeptHint
{
    public static void Tell(Report report, DemoCluster cluster)
    {
        report.Say("It stays. A shell in a pod of node-a, one on node-a itself, and one on the host outside:");
        report.Type(ShellIn(cluster.ShellA));
        report.Type(ShellIn(cluster.NodeA));
        report.Type(ShellIn(cluster.Outside));
        report.Say("There, try:");
        report.Type("curl http://10.96.0.10");
        report.Type("curl 'http://[fd00:10:96::10]'");
        report.Type("dig @10.96.0.53 anything.demo");
        report.Type("curl http://198.51.100.61/client");
        report.Say("Change what is served (new connections follow within milliseconds), and watch a daemon do so:");
        report.Type($"sudo sed -i '/# web-3/s/ready: true/ready: false/' {cluster.Manifests.Path}/web.yaml");
        report.Type($"tail -f {cluster.LogOf(cluster.NodeA)}");
        report.Say("See what hangs where:");
        report.Type($"sudo bpftool cgroup tree {cluster.NodeA.NodeCgroup}");
        report.Type($"sudo find {cluster.NodeA.BpfFolder}");
        report.Say("Take it all away:");
        report.Type($"sudo {Environment.ProcessPath} {(IsDotnet ? $"{typeof(KeptHint).Assembly.Location} " : "")}--remove");
    }

    private static bool IsDotnet => Path.GetFileName(Environment.ProcessPath) == "dotnet";

    /// <summary>A shell that joins the cgroup first, so that its programs meet the hooks as those of the pod do.</summary>
    private static string ShellIn(Place place) =>
        $"sudo sh -c 'echo $$ >{place.Cgroup}/cgroup.procs && exec nsenter --net={place.Network.Path} bash'";
}
