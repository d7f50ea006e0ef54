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

    [LoggerMessage(LogLevel.Error, "{Problem}")]
    internal static partial void NotPlanned(this ILogger logger, PlanningProblem problem);

    [LoggerMessage(LogLevel.Information, "NodePorts are answered on {Count} {Family} addresses, on loopback: {OnLoopback}")]
    internal static partial void NodePortsOn(this ILogger logger, IpFamily family, int count, bool onLoopback);

    [LoggerMessage(LogLevel.Information, "Stopped; the dataplane stays at work, 'kube-proxy-next cleanup' removes it")]
    internal static partial void Stopped(this ILogger logger);
}
