using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster.Folder;

internal static partial class FolderLog
{
    [LoggerMessage(LogLevel.Error, "{File}:{Line}: cannot be parsed, its last good objects stay in force: {Reason}")]
    public static partial void Unparsable(this ILogger logger, string file, long line, string reason);

    [LoggerMessage(LogLevel.Error, "{File}:{Line}: {Resource} {Name}: {Field} {Reason}: '{Detail}'")]
    public static partial void Unusable(
        this ILogger logger, string file, long line, string resource, string name, string field, string reason, string detail);

    [LoggerMessage(LogLevel.Error, "{File}: cannot be read, its last good objects stay in force: {Reason}")]
    public static partial void Unreadable(this ILogger logger, string file, string reason);

    [LoggerMessage(LogLevel.Debug, "{File}:{Line}: skipped, as it is a {ApiVersion} {Kind}")]
    public static partial void Skipped(this ILogger logger, string file, long line, string apiVersion, string kind);

    [LoggerMessage(LogLevel.Error, "{File}: {Resource} {Name} is in {First} already, which is the one that counts")]
    public static partial void Duplicate(this ILogger logger, string file, string resource, string name, string first);

    [LoggerMessage(LogLevel.Warning, "Events of {Directory} were lost, reading all of it again: {Reason}")]
    public static partial void EventsLost(this ILogger logger, string directory, string reason);

    [LoggerMessage(LogLevel.Error, "The folder {Directory} is gone, the last good objects stay in force until it is back")]
    public static partial void Gone(this ILogger logger, string directory);
}
