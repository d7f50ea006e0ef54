using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster.Events;

internal static partial class EventsLog
{
    [LoggerMessage(LogLevel.Debug, "Service {Service}: {Reason}: {Note}")]
    public static partial void Warned(ILogger logger, ObjectName service, string reason, string note);

    [LoggerMessage(LogLevel.Warning, "Events about Services are not posted, nothing else is concerned: {Problem}")]
    public static partial void NotPosted(ILogger logger, string problem);

    [LoggerMessage(LogLevel.Debug, "Event {Name} not posted: {Reason}")]
    public static partial void Dropped(ILogger logger, string name, string reason);
}
