namespace KubeProxyNext.Bpf;

/// <summary>What network devices of the calling thread's network namespace run.</summary>
public static unsafe class DevicePrograms
{
    private const int Most = 64;

    /// <summary>The ids of the programs that links have a device run, in the order in which they run.</summary>
    /// <exception cref="BpfException">The kernel refused: <see cref="Errno.Invalid"/> where it knows no such links (before 6.6).</exception>
    public static uint[] List(int device, DeviceHook hook)
    {
        var ids = stackalloc uint[Most];
        var count = (uint)Most;
        return LibBpf.bpf_prog_query(device, BpfProgram.AttachTypeOf(hook), 0, null, ids, &count) == 0
            ? new Span<uint>(ids, (int)count).ToArray()
            : throw BpfException.FromLastError("list programs", $"of device {device}");
    }
}
