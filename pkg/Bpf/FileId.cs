using System.Buffers.Binary;

namespace KubeProxyNext.Bpf;

/// <summary>Which file or folder it is, whatever leads there: its file system and its inode number.</summary>
internal readonly record struct FileId(ulong Device, ulong Inode)
{
    // struct stat begins with st_dev and st_ino, 8 bytes each, on x86-64 and arm64.
    private const int InodeOffset = 8;
    private const int LargestStat = 256;

    /// <summary>That of an open file.</summary>
    /// <param name="what">The file in words, for an error.</param>
    /// <exception cref="BpfException">The kernel does not tell.</exception>
    internal static unsafe FileId Of(int fd, string what, string path)
    {
        Span<byte> status = stackalloc byte[LargestStat];
        fixed (byte* buffer = status)
        {
            return LibC.fstat(fd, buffer) == 0
                ? new(BinaryPrimitives.ReadUInt64LittleEndian(status), BinaryPrimitives.ReadUInt64LittleEndian(status[InodeOffset..]))
                : throw BpfException.FromLastError($"stat {what}", path);
        }
    }
}
