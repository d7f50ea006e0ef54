namespace KubeProxyNext.Bpf;

/// <summary>
/// Waits until every program that runs now has ended. What programs may still read can be used again after that.
/// <para>
/// It replaces the element of an array of maps, whose update waits for just that before it returns (kernel commit 1ae80cf31938,
/// <c>maybe_wait_bpf_programs</c>). <c>membarrier(MEMBARRIER_CMD_GLOBAL)</c> would not do everywhere: it does nothing on a
/// machine with one CPU, preemptible or not, and is refused on one with <c>nohz_full</c>.
/// </para>
/// </summary>
public sealed unsafe class GracePeriod : IDisposable
{
    private const int Array = 2;
    private const int ArrayOfMaps = 12;

    private readonly int _inner;
    private readonly int _outer;

    public GracePeriod()
    {
        _inner = Create(Array, "grace_inner", null);
        var options = new LibBpf.MapCreateOptions { Size = (nuint)sizeof(LibBpf.MapCreateOptions), InnerMapFd = (uint)_inner };
        _outer = Create(ArrayOfMaps, "grace_outer", &options);
    }

    /// <summary>Blocks for the length of an RCU grace period: some milliseconds.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void Wait()
    {
        uint key = 0;
        var value = (uint)_inner;
        if (LibBpf.bpf_map_update_elem(_outer, &key, &value, 0) != 0)
        {
            throw BpfException.FromLastError("update map", "grace_outer");
        }
    }

    public void Dispose()
    {
        _ = LibC.close(_outer);
        _ = LibC.close(_inner);
    }

    private static int Create(int type, string name, LibBpf.MapCreateOptions* options)
    {
        var fd = LibBpf.bpf_map_create(type, name, sizeof(uint), sizeof(uint), 1, options);
        return fd >= 0 ? fd : throw BpfException.FromLastError("create map", name);
    }
}
