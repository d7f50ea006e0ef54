using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster;

internal static partial class OwnNodeLog
{
    [LoggerMessage(LogLevel.Warning, "For 30 s {Problem}: source ranges and NodePorts at 'primary' go without; what comes later counts at once")]
    internal static partial void NoAddresses(ILogger logger, string problem);
}
