using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>
/// Reads the records that programs put into ring buffers, on a thread of its own, which calls the handlers. A handler must not throw.
/// The owners of the maps must outlive this.
/// </summary>
public sealed unsafe class RingBufferReader : IDisposable
{
    private readonly List<GCHandle> _queues = [];
    private readonly List<(List<byte[]> Records, Action<byte[]> Handle)> _handlers = [];
    private readonly int _stop;
    private readonly nint _buffer;
    private readonly Thread _thread;

    /// <param name="sources">At least one ring buffer, each with what handles its records.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public RingBufferReader(IEnumerable<(BpfMap Map, Action<byte[]> Handle)> sources)
    {
        _stop = LibC.eventfd(0, LibC.EventCloseOnExec);
        if (_stop < 0)
        {
            throw BpfException.FromLastError("make", "eventfd");
        }

        foreach (var (map, handle) in sources)
        {
            _handlers.Add(([], handle));
            _queues.Add(GCHandle.Alloc(_handlers[^1].Records));
            _buffer = Add(map, GCHandle.ToIntPtr(_queues[^1]));
        }

        _thread = new(Read) { IsBackground = true, Name = "ring buffers" };
        _thread.Start();
    }

    /// <summary>Ends the thread; no handler runs when this returns.</summary>
    public void Dispose()
    {
        ulong one = 1;
        _ = LibC.write(_stop, &one, sizeof(ulong));
        _thread.Join();
        LibBpf.ring_buffer__free(_buffer);
        _queues.ForEach(queue => queue.Free());
        _ = LibC.close(_stop);
    }

    private nint Add(BpfMap map, nint context)
    {
        var buffer = _buffer;
        if (buffer == 0)
        {
            buffer = LibBpf.ring_buffer__new(map.Fd, &Collect, context, 0);
        }
        else if (LibBpf.ring_buffer__add(buffer, map.Fd, &Collect, context) != 0)
        {
            LibBpf.ring_buffer__free(buffer);
            buffer = 0;
        }

        return buffer != 0 ? buffer : throw BpfException.FromLastError("read ring buffer", map.Name);
    }

    private void Read()
    {
        var fds = stackalloc LibC.PollFd[2];
        fds[0] = new() { Fd = LibBpf.ring_buffer__epoll_fd(_buffer), Events = LibC.PollIn };
        fds[1] = new() { Fd = _stop, Events = LibC.PollIn };
        while (true)
        {
            _ = LibC.poll(fds, 2, -1);
            _ = LibBpf.ring_buffer__consume(_buffer);
            foreach (var (records, handle) in _handlers)
            {
                records.ForEach(handle);
                records.Clear();
            }

            if (fds[1].Returned != 0)
            {
                return;
            }
        }
    }

    // Called by libbpf on the reading thread; handlers run when its frames are gone, so that an exception does not cross them.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Collect(nint context, void* record, nuint size)
    {
        ((List<byte[]>)GCHandle.FromIntPtr(context).Target!).Add(new ReadOnlySpan<byte>(record, (int)size).ToArray());
        return 0;
    }
}
