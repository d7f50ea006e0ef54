using System.Net;
using System.Net.Sockets;
using KubeProxyNext.Migration.KubeProxy;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Migration.Checks;

/// <summary>What else is on this node, in the network namespace of the calling thread.</summary>
public static class NodeChecks
{
    private const string Settings = "/proc/sys/net";

    private static readonly (int Port, string What)[] Ports = [(10256, "/healthz"), (10249, "/metrics")];

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
        .. Forwarding(),
        .. OwnState.Run(bpffs),
    ];

    /// <summary>Whether the ports of the daemon are free.</summary>
    public static IEnumerable<CheckLine> RunPorts() => Ports.Select(port => IsFree(port.Port)
        ? CheckLine.Passed($"port {port.Port}", "free")
        : CheckLine.Warning(
            $"port {port.Port}", "somebody listens there",
            $"if it is kube-proxy it goes with it; else choose another one for {port.What} (--{(port.Port == 10256 ? "healthz" : "metrics")}-bind-address)"));

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

    private static IEnumerable<CheckLine> Forwarding()
    {
        foreach (var (family, key) in new[] { ("IPv4", "ipv4/ip_forward"), ("IPv6", "ipv6/conf/all/forwarding") })
        {
            var path = Path.Combine(Settings, key);
            if (File.Exists(path))
            {
                yield return File.ReadAllText(path).Trim() == "1"
                    ? CheckLine.Passed($"forwarding of {family}", "on")
                    : CheckLine.Warning($"forwarding of {family}", "off", $"clients outside do not reach backends through this node: sysctl -w net.{key.Replace('/', '.')}=1");
            }
        }

        var loopback = Path.Combine(Settings, "ipv4/conf/all/route_localnet");
        if (File.Exists(loopback) && File.ReadAllText(loopback).Trim() == "1")
        {
            yield return CheckLine.Warning(
                "route_localnet", "on, as kube-proxy sets it for NodePorts on 127.0.0.1",
                "not needed here: when kube-proxy is gone, sysctl -w net.ipv4.conf.all.route_localnet=0");
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
