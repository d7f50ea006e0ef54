using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>A link-layer address: the six bytes of Ethernet, or whatever else a link uses, a tunnel the address of its end; possibly none.</summary>
public readonly record struct HardwareAddress
{
    private readonly UInt128 _lower;
    private readonly UInt128 _upper;

    /// <exception cref="ArgumentOutOfRangeException">There are more than 32 bytes; the kernel has no such addresses.</exception>
    public HardwareAddress(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, Longest);
        Span<UInt128> parts = stackalloc UInt128[2];
        bytes.CopyTo(MemoryMarshal.AsBytes(parts));
        (_lower, _upper) = (parts[0], parts[1]);
        Length = bytes.Length;
    }

    /// <summary>Bytes; 0 where a link has no such address.</summary>
    public int Length { get; }

    private static int Longest => 2 * Unsafe.SizeOf<UInt128>();

    /// <summary>The address, <see cref="Length"/> bytes.</summary>
    public byte[] ToBytes() => MemoryMarshal.AsBytes<UInt128>([_lower, _upper])[..Length].ToArray();

    /// <summary>As <c>ip link</c> writes it: <c>02:00:00:00:00:01</c>.</summary>
    public override string ToString() => string.Join(':', ToBytes().Select(value => $"{value:x2}"));
}
