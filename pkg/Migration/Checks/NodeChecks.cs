using KubeProxyNext.Migration.KubeProxy;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Migration.Checks;

/// <summary>What else is on this node, in the network namespace of the calling thread.</summary>
public static class NodeChecks
{
    private const string Settings = "/proc/sys/net";

    /// <param name="bpffs">Folder for pins.</param>
    /// <param name="cgroup">Directory of cgroup2 whose processes are to be served; null where there is none.</param>
    public static IEnumerable<CheckLine> Run(string bpffs, string? cgroup) =>
    [
        .. new PrivilegeChecks(File.ReadAllText("/proc/self/status"), File.ReadAllText("/proc/self/limits"), Environment.OSVersion.Version).Run(),
        cgroup is null
            ? CheckLine.Failed("cgroup2", "it is not mounted", "mount it (mount -t cgroup2 none /sys/fs/cgroup/unified), or name a directory of it with --cgroup")
            : CheckLine.Passed("cgroup2", cgroup),
        .. SoftwareChecks.Run(bpffs, cgroup),
        Rules(),
        DeviceChecks.Run(bpffs),
        .. new SettingChecks(Settings).Run(),
        .. OwnState.Run(bpffs),
    ];

    private static CheckLine Rules()
    {
        const string subject = "rules of kube-proxy";
        try
        {
            var found = LeftoverScan.Find();
            return found.Count == 0
                ? CheckLine.Passed(subject, "none")
                : CheckLine.Warning(
                    subject, string.Join("; ", found),
                    "harmless beside the daemon; when that is at work and kube-proxy is gone, remove them: kube-proxy-next cleanup --kube-proxy");
        }
        catch (Exception error) when (error is NetlinkException or MigrationException)
        {
            return CheckLine.Warning(subject, error.Message, "run this as root, in the network namespace of the host");
        }
    }
}
