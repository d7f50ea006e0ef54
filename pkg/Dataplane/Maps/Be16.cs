using System.Buffers.Binary;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>__be16</c>: 16 bits in network order.</summary>
internal readonly record struct Be16
{
    private readonly ushort _raw;

    internal Be16(ushort value) => _raw = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    internal ushort Value => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(_raw) : _raw;

    /// <summary>The bits as they lie in memory.</summary>
    internal ushort Raw => _raw;
}
