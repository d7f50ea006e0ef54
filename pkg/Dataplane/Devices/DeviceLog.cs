using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Dataplane.Devices;

internal static partial class DeviceLog
{
    [LoggerMessage(LogLevel.Information, "Serves packets at device {Name} ({Index})")]
    internal static partial void DeviceServed(this ILogger logger, string name, int index);

    [LoggerMessage(LogLevel.Information, "No sender is taken for a pod of this node by {Family} addresses: {Reason} of that family")]
    internal static partial void NoDetector(this ILogger logger, IpFamily family, string reason);

    [LoggerMessage(LogLevel.Error, "Whether somebody else has changed what serves packets is not known: {Reason}")]
    internal static partial void NotAudited(this ILogger logger, string reason);

    [LoggerMessage(LogLevel.Error, "Packets are not served as they should be, which is tried again: {Reason}")]
    internal static partial void DeviceNotServed(this ILogger logger, string reason);
}
