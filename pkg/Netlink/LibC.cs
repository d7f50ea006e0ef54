using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>The functions of libc that we use, under their own names; no logic.</summary>
internal static unsafe partial class LibC
{
    internal const int FamilyNetlink = 16;
    internal const int SocketRaw = 3;
    internal const int SocketCloseOnExec = 0x80000;
    internal const int OpenCloseOnExec = 0x80000;
    internal const int OpenNoWait = 0x800;
    internal const int CurrentDirectory = -100;
    internal const int EmptyPath = 0x1000;
    internal const int NewNetworkNamespace = 0x40000000;
    internal const nuint GetNamespaceType = 0xb703;

    private const string Library = "libc";

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bind(SafeHandle fd, in NetlinkAddress address, int length);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ioctl(int fd, nuint request);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setns(SafeHandle fd, int type);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(int directory, string path, int flags, uint mask, byte* buffer);
}
