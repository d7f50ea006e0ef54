using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Dataplane.Devices;

internal static partial class DeviceLog
{
    [LoggerMessage(LogLevel.Information, "Serves packets at device {Name} ({Index})")]
    internal static partial void DeviceServed(this ILogger logger, string name, int index);

    [LoggerMessage(LogLevel.Error, "Packets are not served as they should be, which is tried again: {Reason}")]
    internal static partial void DeviceNotServed(this ILogger logger, string reason);
}
