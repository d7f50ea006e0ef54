using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>An open network namespace; it lives at least as long as this is open.</summary>
public sealed class NetworkNamespace : SafeHandle
{
    private NetworkNamespace(int fd, string path)
        : base(-1, ownsHandle: true)
    {
        SetHandle(fd);
        Path = path;
    }

    public override bool IsInvalid => handle < 0;

    /// <summary>Where it was found: <c>/proc/1/ns/net</c>, <c>/run/netns/name</c>.</summary>
    public string Path { get; }

    public NetworkNamespaceId Id { get; private init; }

    /// <summary>The network namespace of the calling thread.</summary>
    public static NetworkNamespace Current() => Open("/proc/thread-self/ns/net");

    /// <exception cref="NetlinkException">There is no such file, it may not be opened, or it is no network namespace.</exception>
    public static NetworkNamespace Open(string path) =>
        TryOpen(path) ?? throw NetlinkException.FromLastError("open network namespace", path);

    /// <summary>Null where it cannot be opened or is something else, with the errno set.</summary>
    internal static NetworkNamespace? TryOpen(string path)
    {
        var fd = LibC.open(path, LibC.OpenCloseOnExec | LibC.OpenNoWait);
        if (fd < 0)
        {
            return null;
        }

        // ENOTTY is what any other file says to that question; a namespace of another kind has another answer.
        var type = LibC.ioctl(fd, LibC.GetNamespaceType);
        var errno = type < 0 ? Marshal.GetLastPInvokeError() : Errno.Invalid;
        if (type == LibC.NewNetworkNamespace && NetworkNamespaceId.TryRead(fd, "") is { } id)
        {
            return new NetworkNamespace(fd, path) { Id = id };
        }

        _ = LibC.close(fd);
        Marshal.SetLastPInvokeError(errno);
        return null;
    }

    /// <summary>Makes the calling thread belong to the namespace.</summary>
    internal void Enter()
    {
        if (LibC.setns(this, LibC.NewNetworkNamespace) != 0)
        {
            throw NetlinkException.FromLastError("enter network namespace", Path);
        }
    }

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
