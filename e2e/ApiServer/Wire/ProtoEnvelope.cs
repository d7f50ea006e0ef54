using System.Buffers.Binary;

namespace KubeProxyNext.ApiServer.Wire;

/// <summary>
/// What stands around each protobuf object: the four bytes <c>k8s\0</c> and a <c>runtime.Unknown</c> (1 the type, 2 the object,
/// 3 and 4 the encoding and the content type, both empty and both written).
/// </summary>
internal static class ProtoEnvelope
{
    private static readonly byte[] Magic = [.. "k8s\0"u8];
    private static readonly byte[] Tail = [0x1a, 0, 0x22, 0];

    /// <summary>An object in its envelope.</summary>
    public static byte[] Wrap(string apiVersion, string kind, ReadOnlySpan<byte> message)
    {
        var writer = new ProtoWriter();
        Write(writer, apiVersion, kind, message);
        return writer.ToArray();
    }

    /// <summary>What comes before an object of this length; it is followed by the object and by <see cref="End"/>.</summary>
    public static byte[] Start(string apiVersion, string kind, long length)
    {
        var writer = new ProtoWriter();
        writer.Head(2, length);
        Type(writer, apiVersion, kind);
        writer.Raw(Magic);
        return writer.ToArray();
    }

    public static ReadOnlySpan<byte> End => Tail;

    /// <summary>A frame of a watch: its length in four bytes, big-endian, and a <c>WatchEvent</c> (1 type, 2 raw object).</summary>
    public static byte[] Frame(string type, string apiVersion, string kind, ReadOnlySpan<byte> message)
    {
        var writer = new ProtoWriter();
        Write(writer, apiVersion, kind, message);
        writer.Wrap(1, 0);
        writer.Wrap(2, 0);
        writer.Text(1, type);
        return Frame(writer.ToArray());
    }

    public static byte[] Frame(byte[] content)
    {
        var frame = new byte[content.Length + sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(frame, content.Length);
        content.CopyTo(frame, sizeof(int));
        return frame;
    }

    private static void Write(ProtoWriter writer, string apiVersion, string kind, ReadOnlySpan<byte> message)
    {
        writer.Raw(Tail);
        writer.Bytes(2, message);
        Type(writer, apiVersion, kind);
        writer.Raw(Magic);
    }

    private static void Type(ProtoWriter writer, string apiVersion, string kind)
    {
        var mark = writer.Length;
        writer.Text(2, kind);
        writer.Text(1, apiVersion);
        writer.Wrap(1, mark);
    }
}
