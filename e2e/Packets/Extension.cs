using System.Buffers.Binary;
using KubeProxyNext.Model;

namespace KubeProxyNext.Packets;

/// <summary>An extension header of IPv6.</summary>
/// <param name="Protocol">Its number in the header before it.</param>
/// <param name="Body">All but the number of the next header and the length, which a fragment header does not have.</param>
public readonly record struct Extension(byte Protocol, ValueArray<byte> Body)
{
    public const byte HopByHop = 0;
    public const byte Routing = 43;
    public const byte Fragment = 44;
    public const byte Authentication = 51;
    public const byte DestinationOptions = 60;

    private const int FragmentSize = 8;

    /// <summary>The extensions that a text names, filled with what a receiver would skip.</summary>
    internal static readonly Dictionary<string, Extension> Known = new()
    {
        ["hop-by-hop"] = new(HopByHop, [1, 4, 0, 0, 0, 0]),
        ["routing"] = new(Routing, [253, 0, 0, 0, 0, 0]),
        ["destination-options"] = new(DestinationOptions, [1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ["authentication"] = new(Authentication, [0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]),
    };

    public static bool IsOne(byte protocol) => protocol is HopByHop or Routing or Fragment or Authentication or DestinationOptions;

    /// <summary>A fragment header.</summary>
    /// <param name="offset">In bytes, a multiple of 8.</param>
    public static Extension FragmentAt(int offset, bool more, uint id)
    {
        var body = new byte[FragmentSize - 1];
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(1), (ushort)(offset | (more ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(3), id);
        return new(Fragment, [.. body]);
    }

    internal int Offset => BinaryPrimitives.ReadUInt16BigEndian(Body.AsSpan()[1..]) & 0xfff8;

    internal bool More => (Body[2] & 1) != 0;

    internal uint Id => BinaryPrimitives.ReadUInt32BigEndian(Body.AsSpan()[3..]);

    /// <summary>How long the extension is that begins with these bytes.</summary>
    internal static int SizeOf(byte protocol, byte length) => protocol switch
    {
        Fragment => FragmentSize,
        Authentication => (length + 2) * 4,
        _ => (length + 1) * 8,
    };

    /// <summary>Reads one of the right size.</summary>
    internal static Extension Read(byte protocol, ReadOnlySpan<byte> bytes) => new(protocol, [.. bytes[(protocol == Fragment ? 1 : 2)..]]);

    internal byte[] ToBytes(byte next) => Protocol switch
    {
        Fragment => [next, .. Body],
        Authentication => [next, (byte)((Body.Count + 2) / 4 - 2), .. Body],
        _ => [next, (byte)((Body.Count + 2) / 8 - 1), .. Body],
    };
}
