using System.Buffers;
using System.Buffers.Binary;
using KubeProxyNext.Cluster.Api;

namespace KubeProxyNext.Unit.Cluster;

/// <summary>The recorded answers of a real API server.</summary>
internal static class Recording
{
    /// <summary>The body behind status line and headers.</summary>
    public static byte[] Body(string name, WireFormat format)
    {
        var file = $"{name}.{(format == WireFormat.Json ? "json" : "pb")}.http";
        var all = File.ReadAllBytes(Path.Combine(TestContext.CurrentContext.TestDirectory, "Cluster", "Recordings", file));
        return all[(all.AsSpan().IndexOf("\r\n\r\n"u8) + 4)..];
    }

    public static ReadOnlySequence<byte> Sequence(string name, WireFormat format) => new(Body(name, format));

    /// <summary>The events of a watch: lines of JSON, or frames of protobuf without their length.</summary>
    public static IEnumerable<byte[]> Frames(string name, WireFormat format)
    {
        var body = Body(name, format).AsMemory();
        while (!body.IsEmpty)
        {
            var (skip, length) = format == WireFormat.Protobuf
                ? (4, (int)BinaryPrimitives.ReadUInt32BigEndian(body.Span))
                : (0, body.Span.IndexOf((byte)'\n') + 1);
            yield return body.Slice(skip, length).ToArray();
            body = body[(skip + length)..];
        }
    }
}
