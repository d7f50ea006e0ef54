using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster.Problems;

internal static partial class InputProblemsLog
{
    [LoggerMessage(LogLevel.Warning, "Left out of {Resource} {Name}: {Field} {Reason}: '{Detail}'")]
    public static partial void LeftOut(
        this ILogger logger, string resource, string name, string field, string reason, string detail);
}
