using System.Buffers.Binary;
using KubeProxyNext.Model;

namespace KubeProxyNext.Planning.Layouts;

/// <summary>Where backends claim slots: the same on every node, whatever it runs on.</summary>
internal static class MaglevHash
{
    // 2^64 divided by the golden ratio: its multiples are spread evenly (Weyl sequence).
    private const ulong Step = 0x9e37_79b9_7f4a_7c15;

    /// <summary>A backend's id, from its address and port alone.</summary>
    public static ulong Of(in Backend backend)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        backend.Ip.WriteBytes(bytes);
        var low = Mix(BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) + backend.Port * Step);
        return Mix(BinaryPrimitives.ReadUInt64BigEndian(bytes) + low + Step);
    }

    /// <summary>The slot that a backend's claim of that number is for.</summary>
    public static int Pick(ulong id, ulong claim, int size) => (int)Math.BigMul(Mix(id + claim * Step), (ulong)size, out _);

    /// <summary>The finalizer of SplitMix64 (Steele et al., OOPSLA 2014): every bit of the input changes half of those of the output.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58_476d_1ce4_e5b9;
        value = (value ^ (value >> 27)) * 0x94d0_49bb_1331_11eb;
        return value ^ (value >> 31);
    }
}
