using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster.Api.Watching;

internal static partial class WatchingLog
{
    [LoggerMessage(LogLevel.Information, "Listed {Count} {Resource} at version {Version} in {Elapsed:0} ms")]
    public static partial void Listed(ILogger logger, int count, string resource, string version, double elapsed);

    [LoggerMessage(LogLevel.Information, "The API server has no streaming lists of {Resource}, taking pages: {Reason}")]
    public static partial void StreamingListRefused(ILogger logger, string resource, string reason);

    [LoggerMessage(LogLevel.Information, "The API server refuses the field selector for {Resource}, going on without: {Reason}")]
    public static partial void FieldSelectorRefused(ILogger logger, string resource, string reason);
}
