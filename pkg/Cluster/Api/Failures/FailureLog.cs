using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster.Api.Failures;

internal static partial class FailureLog
{
    [LoggerMessage("{Problem}; what was known stays in force, trying again")]
    public static partial void Failed(ILogger logger, LogLevel level, string problem);

    [LoggerMessage(LogLevel.Debug, "Trying {Resource} again in {Delay:0.0} s ({Reason})")]
    public static partial void Retrying(ILogger logger, string resource, double delay, string reason);

    [LoggerMessage(LogLevel.Information, "The API server {Server} answers again")]
    public static partial void Recovered(ILogger logger, Uri server);
}
