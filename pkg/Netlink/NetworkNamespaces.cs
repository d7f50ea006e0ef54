using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>The network namespaces of the machine, and how to work inside one.</summary>
public static class NetworkNamespaces
{
    private static readonly string[] Folders = ["/run/netns", "/var/run/netns", "/run/docker/netns"];

    /// <summary>
    /// Opens every network namespace that can be found, each once: those of all processes that this one sees, and those that are mounted
    /// somewhere. Processes that end meanwhile, and what may not be looked at, are passed over. What only an open file or a socket keeps
    /// alive is not found.
    /// </summary>
    /// <returns>The caller's to dispose; in no order.</returns>
    /// <exception cref="NetlinkException">Something other than absence or a lack of rights: out of file descriptors, say.</exception>
    public static IReadOnlyList<NetworkNamespace> OpenAll()
    {
        var found = new Dictionary<NetworkNamespaceId, NetworkNamespace>();
        try
        {
            foreach (var path in OfProcesses().Concat(Mounted()).Concat(Folders.SelectMany(FilesIn)))
            {
                OpenIfNew(path, found);
            }
        }
        catch
        {
            foreach (var opened in found.Values)
            {
                opened.Dispose();
            }

            throw;
        }

        return [.. found.Values];
    }

    /// <summary>
    /// Runs the action inside the namespace, on a thread of its own that ends with it: a namespace belongs to a thread, and those of the
    /// pool serve others. Sockets that it opens stay there. What it throws comes out here; what it leaves to run later runs elsewhere.
    /// </summary>
    /// <exception cref="NetlinkException">The namespace cannot be entered: that needs <c>CAP_SYS_ADMIN</c>.</exception>
    public static T Run<T>(NetworkNamespace network, Func<T> action)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                network.Enter();
                result = action();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        })
        {
            IsBackground = true,
            Name = "netns",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    /// <inheritdoc cref="Run{T}"/>
    public static void Run(NetworkNamespace network, Action action) => _ = Run(network, () =>
    {
        action();
        return true;
    });

    private static void OpenIfNew(string path, Dictionary<NetworkNamespaceId, NetworkNamespace> found)
    {
        // Most processes share a namespace, and telling which is cheaper than opening it.
        if (NetworkNamespaceId.TryRead(LibC.CurrentDirectory, path) is { } id && found.ContainsKey(id))
        {
            return;
        }

        var network = NetworkNamespace.TryOpen(path);
        if (network is null)
        {
            ThrowUnlessExpected(path);
        }
        else if (!found.TryAdd(network.Id, network))
        {
            network.Dispose();
        }
    }

    private static void ThrowUnlessExpected(string path)
    {
        if (Marshal.GetLastPInvokeError() is not (Errno.NoEntry or Errno.NoProcess or Errno.NotPermitted or Errno.AccessDenied
            or Errno.NotATerminal or Errno.Invalid))
        {
            throw NetlinkException.FromLastError("open network namespace", path);
        }
    }

    private static IEnumerable<string> OfProcesses() => Directory.EnumerateDirectories("/proc")
        .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder.AsSpan())[0]))
        .Select(folder => $"{folder}/ns/net");

    private static IEnumerable<string> Mounted() =>
        File.ReadLines("/proc/self/mountinfo").Select(MountInfo.NetworkNamespaceAt).OfType<string>();

    private static IEnumerable<string> FilesIn(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : [];
}
