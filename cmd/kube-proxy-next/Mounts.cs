using KubeProxyNext.Bpf;
using KubeProxyNext.Config;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>The file systems that have to be there: kube-proxy needs neither, so its DaemonSet mounts neither.</summary>
internal static class Mounts
{
    private const string OwnCgroup2 = "/run/kube-proxy-next/cgroup2";

    // Every cgroup has this file but the root.
    private const string OfNoRoot = "cgroup.type";

    /// <summary>Mounts bpffs and cgroup2 for this process' mount namespace where they are not.</summary>
    /// <returns>The directory of cgroup2 whose processes are served.</returns>
    /// <exception cref="BpfException">They can neither be found nor mounted.</exception>
    internal static string Prepare(KubeProxyConfiguration configuration, ILogger log)
    {
        if (FileSystem.MountBpffsFor(configuration.Get(Settings.Bpffs)))
        {
            log.MountedBpffs(FileSystem.UsualBpfFs);
        }

        return configuration.Get(Settings.Cgroup) is { Length: > 0 } given ? given : FindCgroup2(log);
    }

    private static string FindCgroup2(ILogger log)
    {
        if (FileSystem.FindCgroup2() is not { } found)
        {
            FileSystem.MountCgroup2(OwnCgroup2);
            log.MountedCgroup2(OwnCgroup2);
            found = OwnCgroup2;
        }

        if (File.Exists(Path.Combine(found, OfNoRoot)))
        {
            log.NotTheRootOfCgroup2(found);
        }

        return found;
    }
}
