using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Dataplane;

internal static partial class SyncLoopLog
{
    [LoggerMessage(LogLevel.Information, "Ready: {Services} Services, {Frontends} frontends in force after {Milliseconds:0.0} ms")]
    internal static partial void Ready(this ILogger logger, int services, int frontends, double milliseconds);

    [LoggerMessage(LogLevel.Debug, "Synced: {Changed} Services changed, {Plans} plans applied in {Milliseconds:0.000} ms")]
    internal static partial void Synced(this ILogger logger, int changed, int plans, double milliseconds);

    [LoggerMessage(LogLevel.Error, "Service {Service} is not in force: {Reason}; all others are; it is tried again")]
    internal static partial void NotApplied(this ILogger logger, ObjectName service, string reason);

    [LoggerMessage(LogLevel.Information, "Service {Service} is in force after all")]
    internal static partial void AppliedAfterAll(this ILogger logger, ObjectName service);
}
