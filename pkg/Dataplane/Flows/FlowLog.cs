using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Dataplane.Flows;

internal static partial class FlowLog
{
    [LoggerMessage(LogLevel.Warning, "The table of {Family} flows is nearly full: {Entries} of {Capacity} entries; older connections give way to new ones; see --max-flows")]
    internal static partial void FlowsNearlyFull(this ILogger logger, IpFamily family, ulong entries, int capacity);

    [LoggerMessage(LogLevel.Error, "Flows do not end when they should, it is tried again: {Reason}")]
    internal static partial void FlowsNotSwept(this ILogger logger, string reason);
}
