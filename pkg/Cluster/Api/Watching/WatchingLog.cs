using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster.Api.Watching;

internal static partial class WatchingLog
{
    [LoggerMessage(LogLevel.Information, "Listed {Count} {Resource} at version {Version} in {Elapsed:0} ms")]
    public static partial void Listed(ILogger logger, int count, string resource, string version, double elapsed);

    [LoggerMessage(LogLevel.Information, "The API server has no streaming lists of {Resource}, taking pages: {Reason}")]
    public static partial void StreamingListRefused(ILogger logger, string resource, string reason);

    [LoggerMessage(LogLevel.Information, "The API server has no {Resource}, which is normal before Kubernetes 1.33; looking again from time to time")]
    public static partial void NotServed(ILogger logger, string resource);

    [LoggerMessage(
        LogLevel.Warning,
        "The API server does not let {Origin} see {Resource} ({Reason}); what was known of them stays in force, looking again from time "
        + "to time; check that its ClusterRole grants list and watch on them")]
    public static partial void NotShown(ILogger logger, string origin, string resource, string reason);

    [LoggerMessage(LogLevel.Information, "The API server refuses the field selector for {Resource}, going on without: {Reason}")]
    public static partial void FieldSelectorRefused(ILogger logger, string resource, string reason);
}
