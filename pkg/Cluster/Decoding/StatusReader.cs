using System.Buffers;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Protobuf;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>Reads a <c>metav1.Status</c>.</summary>
internal static class StatusReader
{
    /// <summary>Reads the body of an answer that says no.</summary>
    /// <exception cref="InvalidDataException">The body is not a Status: it may come from something in between.</exception>
    public static ApiStatus ReadBody(WireFormat format, ReadOnlySequence<byte> body)
    {
        if (format == WireFormat.Protobuf && ProtobufBody.Unwrap(body, out body) is not nameof(Status) and var kind)
        {
            throw new InvalidDataException($"the body is of kind '{kind}', not 'Status'");
        }

        return Read(format, body);
    }

    // It goes into the log, as it is.
    private const int LongestMessage = 1024;

    /// <summary>Reads a Status without an envelope.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a Status.</exception>
    public static ApiStatus Read(WireFormat format, ReadOnlySequence<byte> bytes)
    {
        var status = format == WireFormat.Protobuf ? ProtobufBody.Parse(Status.Parser, bytes) : JsonBody.Parse<Status>(bytes);
        return new(status.Code, status.Reason, Fit(status.Message), status.Details?.RetryAfterSeconds ?? 0);
    }

    private static string Fit(string text) => text.Length <= LongestMessage ? text : $"{text[..LongestMessage]}...";
}
