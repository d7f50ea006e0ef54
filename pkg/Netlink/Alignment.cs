namespace KubeProxyNext.Netlink;

/// <summary>All parts of a message begin at a multiple of four bytes; their lengths do not count what lies between.</summary>
internal static class Alignment
{
    private const int Bytes = 4;

    /// <summary>Where the next part begins behind one that ends there.</summary>
    internal static int Of(int end) => (end + Bytes - 1) & ~(Bytes - 1);

    /// <summary>What comes after a part of that length; the last one may lack its padding.</summary>
    internal static ReadOnlySpan<byte> After(ReadOnlySpan<byte> parts, int length) =>
        parts[Math.Min(Of(length), parts.Length)..];
}
