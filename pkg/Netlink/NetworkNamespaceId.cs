namespace KubeProxyNext.Netlink;

/// <summary>Tells network namespaces apart: where their files lie, as stat(2) says. An id is used again only after its namespace has gone.</summary>
/// <param name="Device">Major number in the upper, minor in the lower 32 bits.</param>
public readonly record struct NetworkNamespaceId(ulong Device, ulong Inode)
{
    private const uint MaskInode = 0x100;
    private const int SizeOfStatx = 256;
    private const int InodeOffset = 0x20;
    private const int MajorOffset = 0x88;
    private const int MinorOffset = 0x8c;

    /// <summary>The id of what the path leads to, or with an empty path of the open file <paramref name="fd"/>; null where there is none, with the errno set.</summary>
    internal static unsafe NetworkNamespaceId? TryRead(int fd, string path)
    {
        Span<byte> status = stackalloc byte[SizeOfStatx];
        fixed (byte* buffer = status)
        {
            if (LibC.statx(fd, path, LibC.EmptyPath, MaskInode, buffer) != 0)
            {
                return null;
            }
        }

        var device = (ulong)Host(status[MajorOffset..]) << 32 | Host(status[MinorOffset..]);
        return new(device, BitConverter.ToUInt64(status[InodeOffset..]));
    }

    private static uint Host(ReadOnlySpan<byte> bytes) => BitConverter.ToUInt32(bytes);
}
