using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KubeProxyNext.Unit.Programs.Packets.Wire;

/// <summary>The functions of libc that a device of the test's own needs, under their own names; no logic.</summary>
internal static unsafe partial class LibC
{
    internal const int ReadWrite = 2;
    internal const int NonBlocking = 0x800;
    internal const int CloseOnExec = 0x80000;
    internal const short PollIn = 1;

    // TUNSETIFF and TUNSETIFINDEX of linux/if_tun.h.
    internal const uint SetInterface = 0x400454ca;
    internal const uint SetIndex = 0x400454da;

    private const string Library = "libc";

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle open(string path, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ioctl(SafeFileHandle fd, uint request, void* argument);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint read(SafeFileHandle fd, byte* buffer, nuint size);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint write(SafeFileHandle fd, byte* buffer, nuint size);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int poll(PollRequest* requests, nuint count, int milliseconds);

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollRequest
    {
        internal int Fd;
        internal short Events;
        internal short Returned;
    }

    /// <summary><c>struct ifreq</c>, as far as it says what device is wanted.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    internal struct InterfaceRequest
    {
        [FieldOffset(0)]
        internal fixed byte Name[16];

        [FieldOffset(16)]
        internal short Flags;
    }
}
