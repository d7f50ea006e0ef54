using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Dataplane;

internal static partial class DataplaneLog
{
    [LoggerMessage(LogLevel.Error, "Sockets that are connected to a backend which is gone may not hear of it: {Reason}")]
    internal static partial void NotDestroyed(this ILogger logger, string reason);

    [LoggerMessage(LogLevel.Error, "{Omitted} addresses of this node do not accept NodePorts: there is room for {Capacity} in each family; see --nodeport-addresses")]
    internal static partial void NodeAddressesOmitted(this ILogger logger, int omitted, int capacity);

    [LoggerMessage(LogLevel.Error, "What no Service has in {Networks} is not refused: there is room for {Capacity} service networks in each family")]
    internal static partial void ServiceNetworksOmitted(this ILogger logger, string networks, int capacity);

    [LoggerMessage(LogLevel.Error, "What the former programs of {Family} wrote last is not carried over: {Reason}; the next start goes on with it")]
    internal static partial void NotCarriedOver(this ILogger logger, Model.IpFamily family, string reason);

    [LoggerMessage(LogLevel.Warning, "Maps are not made as small as is asked for, since what they hold would not fit: {Reason}")]
    internal static partial void NotMadeSmaller(this ILogger logger, string reason);
}
