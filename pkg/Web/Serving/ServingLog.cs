using System.Net;
using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Web.Serving;

internal static partial class ServingLog
{
    [LoggerMessage(LogLevel.Information, "The {Server} listens at {Addresses}")]
    internal static partial void Listening(this ILogger logger, string server, string addresses);

    [LoggerMessage(LogLevel.Error, "The {Server} cannot listen at {Address}: {Reason}; it is tried again every {Seconds} s")]
    internal static partial void NotListening(this ILogger logger, string server, IPEndPoint address, string reason, double seconds);

    [LoggerMessage(LogLevel.Error, "A request for {Path} was not answered")]
    internal static partial void NotAnswered(this ILogger logger, string path, Exception error);

    [LoggerMessage(LogLevel.Error, "healthCheckNodePort {Port} of Service {Service} cannot be listened at for {Family}: {Reason}; it is tried again")]
    internal static partial void ServiceNotProbed(this ILogger logger, ObjectName service, int port, IpFamily family, string reason);
}
