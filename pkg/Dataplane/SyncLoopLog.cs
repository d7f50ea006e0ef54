using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Dataplane;

internal static partial class SyncLoopLog
{
    [LoggerMessage(LogLevel.Information, "In force for sockets: {Services} Services, {Frontends} frontends after {Milliseconds:0.0} ms")]
    internal static partial void InForce(this ILogger logger, int services, int frontends, double milliseconds);

    [LoggerMessage(LogLevel.Information, "Ready: {Services} Services, {Frontends} frontends in force after {Milliseconds:0.0} ms")]
    internal static partial void Ready(this ILogger logger, int services, int frontends, double milliseconds);

    [LoggerMessage(LogLevel.Debug, "Synced: {Changed} Services changed, {Plans} plans applied in {Milliseconds:0.000} ms")]
    internal static partial void Synced(this ILogger logger, int changed, int plans, double milliseconds);

    [LoggerMessage(LogLevel.Error, "Service {Service} is not in force: {Reason}; all others are; it is tried again")]
    internal static partial void NotApplied(this ILogger logger, ObjectName service, string reason);

    [LoggerMessage(LogLevel.Information, "Service {Service} is in force after all")]
    internal static partial void AppliedAfterAll(this ILogger logger, ObjectName service);

    internal static void BindRefused(this ILogger logger, BindRefusal refusal)
    {
        var service = refusal.ServicePort is { } port ? $"Service {port.Service}, port '{port.PortName}'" : "a Service that has gone since";
        logger.BindRefused(refusal.Process, refusal.ProcessId, refusal.Address, service);
    }

    [LoggerMessage(LogLevel.Warning, "{Process} (process {ProcessId}) may not bind {Address}: it is a NodePort of {Service}")]
    private static partial void BindRefused(this ILogger logger, string process, int processId, FrontendAddress address, string service);

    [LoggerMessage(LogLevel.Error, "Whether somebody else has changed the dataplane is not known, or could not be put right: {Reason}")]
    internal static partial void NotAudited(this ILogger logger, string reason);
}
