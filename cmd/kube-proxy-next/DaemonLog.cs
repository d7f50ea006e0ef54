using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using KubeProxyNext.Planning;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

internal static partial class DaemonLog
{
    [LoggerMessage(LogLevel.Information, "Starting on node {Node} for {Families}, cgroup {Cgroup}, pins in {Bpffs}")]
    internal static partial void Starting(this ILogger logger, string node, string families, string cgroup, string bpffs);

    [LoggerMessage(LogLevel.Warning, "The own Node or the ServiceCIDRs could not be listed within {Seconds} s: begins without; zone, node addresses and refused networks follow when they come")]
    internal static partial void StartingIncomplete(this ILogger logger, double seconds);

    [LoggerMessage(LogLevel.Information, "Larger maps take the place of those at work: {Now} -> {Next}")]
    internal static partial void Growing(this ILogger logger, MapCapacities now, MapCapacities next);

    [LoggerMessage(LogLevel.Error, "The maps stay as they are until the next start, since the kernel refuses larger ones: {Reason}")]
    internal static partial void NotGrown(this ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "Another kube-proxy-next works in {Bpffs} now; this one waits until it is ended, or the other one is gone")]
    internal static partial void Superseded(this ILogger logger, string bpffs);

    [LoggerMessage(LogLevel.Warning, "Somebody else has changed the dataplane, which has been put right: {What}")]
    internal static partial void Repaired(this ILogger logger, string what);

    [LoggerMessage(LogLevel.Error, "{Problem}")]
    internal static partial void NotPlanned(this ILogger logger, PlanningProblem problem);

    [LoggerMessage(LogLevel.Information, "NodePorts are answered on {Count} {Family} addresses, on loopback: {OnLoopback}")]
    internal static partial void NodePortsOn(this ILogger logger, IpFamily family, int count, bool onLoopback);

    [LoggerMessage(LogLevel.Warning, "Rules of kube-proxy are on this node: {Found}; when kube-proxy is gone, 'kube-proxy-next cleanup --kube-proxy' removes them")]
    internal static partial void KubeProxyRemains(this ILogger logger, string found);

    [LoggerMessage(LogLevel.Information, "Removed of kube-proxy: {What}")]
    internal static partial void KubeProxyRemoved(this ILogger logger, string what);

    [LoggerMessage(LogLevel.Error, "Not removed of kube-proxy: {What}")]
    internal static partial void KubeProxyNotRemoved(this ILogger logger, string what);

    [LoggerMessage(LogLevel.Warning, "Whether kube-proxy has rules on this node is not known: {Problem}")]
    internal static partial void KubeProxyNotLookedFor(this ILogger logger, string problem);

    [LoggerMessage(LogLevel.Information, "Stopped; the dataplane stays at work, 'kube-proxy-next cleanup' removes it")]
    internal static partial void Stopped(this ILogger logger);

    [LoggerMessage(LogLevel.Information, "Stopped; nothing is at work")]
    internal static partial void NothingAtWork(this ILogger logger);

    [LoggerMessage(LogLevel.Warning, "A metric could not be read")]
    internal static partial void NotMeasured(this ILogger logger, Exception error);
}
