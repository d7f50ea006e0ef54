using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KubeProxyNext.Laboratory;

/// <summary>The calls of libc that the framework has no words for.</summary>
internal static partial class Native
{
    public const int CLONE_NEWNET = 0x40000000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setns(SafeFileHandle fd, int nstype);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int sig);
}
