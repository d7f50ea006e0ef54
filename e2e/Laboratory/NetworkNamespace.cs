using System.Runtime.InteropServices;

namespace KubeProxyNext.Laboratory;

/// <summary>A named network namespace, as <c>ip netns</c> makes them: a mount under <c>/run/netns</c>.</summary>
public sealed record NetworkNamespace(string Name)
{
    /// <summary>Where <c>ip netns</c> keeps its mounts.</summary>
    public const string Folder = "/run/netns";

    /// <summary>The file that stands for the namespace, as <c>nsenter --net=</c> wants it.</summary>
    public string Path { get; } = $"{Folder}/{Name}";

    /// <summary>
    /// Does something inside the namespace: opens a socket that stays there, reads or writes <c>/proc/sys/net</c>. It runs on a thread of its
    /// own which ends afterwards, since a namespace belongs to a thread and the pool's threads serve others.
    /// </summary>
    /// <exception cref="LabException">The namespace cannot be entered; what the action itself throws passes through as inner exception.</exception>
    public T Run<T>(Func<T> action)
    {
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new LabException($"in network namespace {Name}: {failure.Message}", failure);
    }

    private void Enter()
    {
        using var handle = File.OpenHandle(Path);
        if (Native.setns(handle, Native.CLONE_NEWNET) != 0)
        {
            throw new LabException($"setns {Path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }
}
