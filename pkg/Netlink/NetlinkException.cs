using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>The kernel said no: which operation, on what, the errno and, where one is known, what to do.</summary>
public sealed class NetlinkException(string operation, string subject, int errno, string? hint = null)
    : Exception($"{operation} {subject}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}){(hint is null ? "" : $"; {hint}")}")
{
    /// <summary>As in errno.h, positive.</summary>
    public int Errno { get; } = errno;

    /// <summary>The exception for the native call that just failed on this thread.</summary>
    internal static NetlinkException FromLastError(string operation, string subject, string? hint = null) =>
        new(operation, subject, Marshal.GetLastPInvokeError(), hint);
}
