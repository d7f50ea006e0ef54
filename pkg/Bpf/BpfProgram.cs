using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>A program of a <see cref="BpfObject"/>; it lives as long as the object does.</summary>
public sealed class BpfProgram
{
    // BPF_TRACE_ITER of enum bpf_attach_type.
    private const int Iterator = 28;

    // BPF_TCX_INGRESS and BPF_TCX_EGRESS; BPF_F_BEFORE and BPF_F_AFTER: without another program to be relative to, they mean all of them.
    private const int TcxIngress = 46;
    private const int TcxEgress = 47;
    private const uint Before = 1 << 3;
    private const uint After = 1 << 4;

    internal BpfProgram(nint program)
    {
        Handle = program;
        Name = Marshal.PtrToStringUTF8(LibBpf.bpf_program__name(program))!;
    }

    public string Name { get; }

    /// <summary>The descriptor, once the object is loaded; it belongs to the object.</summary>
    public int Fd => LibBpf.bpf_program__fd(Handle);

    /// <summary>Which program of the kernel it is, once the object is loaded.</summary>
    /// <exception cref="BpfException">The kernel does not tell.</exception>
    public uint Id => LoadedPrograms.IdOf(Fd, Name);

    /// <summary>What the kernel counted for the program, once it is loaded; see <see cref="ProgramStatistics"/>.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public ProgramRuns Runs => ProgramRuns.Read(Fd, Name);

    /// <summary>Whether it runs for each thing of a kind that the kernel has, when it is asked to: see <see cref="BpfIterator"/>.</summary>
    public bool IsIterator => LibBpf.bpf_program__expected_attach_type(Handle) == Iterator;

    internal nint Handle { get; }

    /// <summary>Attaches the program to a cgroup beside whatever is attached there already.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public unsafe BpfLink AttachTo(CgroupHandle cgroup)
    {
        var link = LibBpf.bpf_link_create(Fd, cgroup.Fd, LibBpf.bpf_program__expected_attach_type(Handle), null);
        return link >= 0
            ? new BpfLink(link, Name)
            : throw BpfException.FromLastError("attach program", $"{Name} to cgroup {cgroup.Path}",
                "is it a cgroup2 directory, and is no program attached there exclusively?");
    }

    /// <summary>
    /// Attaches the program to a device of the calling thread's network namespace, beside whatever is attached there already: at
    /// ingress before, at egress after all others.
    /// </summary>
    /// <param name="device">The device's index.</param>
    /// <exception cref="BpfException">The kernel refused: <see cref="Errno.Invalid"/> where it knows no such links (before 6.6).</exception>
    public unsafe BpfLink AttachTo(int device, DeviceHook hook)
    {
        var flags = hook == DeviceHook.Ingress ? Before : After;
        var options = new LibBpf.LinkCreateOptions { Size = (nuint)sizeof(LibBpf.LinkCreateOptions), Flags = flags };
        var link = LibBpf.bpf_link_create(Fd, device, AttachTypeOf(hook), &options);
        return link >= 0
            ? new BpfLink(link, Name)
            : throw BpfException.FromLastError("attach program", $"{Name} to device {device}");
    }

    internal static int AttachTypeOf(DeviceHook hook) => hook == DeviceHook.Ingress ? TcxIngress : TcxEgress;

    /// <summary>Pins the program at a path in a bpffs, whose folder exists.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void Pin(string path)
    {
        if (LibBpf.bpf_obj_pin(Fd, path) != 0)
        {
            throw BpfException.FromLastError("pin program", path, "is it in a mounted bpffs?");
        }
    }

    /// <summary>Has <see cref="BpfObject.Load"/> leave the program out, or not.</summary>
    /// <exception cref="BpfException">The object is loaded.</exception>
    public void SetLoaded(bool isLoaded)
    {
        if (LibBpf.bpf_program__set_autoload(Handle, isLoaded) != 0)
        {
            throw BpfException.FromLastError("leave out program", Name);
        }
    }

    /// <summary>Runs the program once on a packet, which it may change; what it returns. It sees the network namespace of the calling thread.</summary>
    /// <exception cref="BpfException">The kernel refused, as it does for programs that do not work on packets.</exception>
    public unsafe int Run(Span<byte> packet)
    {
        fixed (byte* data = packet)
        {
            var options = new LibBpf.TestRunOptions
            {
                Size = (nuint)sizeof(LibBpf.TestRunOptions),
                DataIn = data,
                DataOut = data,
                DataSizeIn = (uint)packet.Length,
                DataSizeOut = (uint)packet.Length,
                Repeat = 1,
            };
            return LibBpf.bpf_prog_test_run_opts(Fd, &options) == 0 ? (int)options.Result : throw BpfException.FromLastError("run program", Name);
        }
    }

    /// <summary>
    /// Runs the program on a copy of the packet, as that of a device. It sees the network namespace of the calling thread; where it
    /// redirects the packet, it is told so and nothing is sent.
    /// </summary>
    /// <param name="packet">A frame of Ethernet, of a page less some headroom at most.</param>
    /// <param name="changed">Gets the packet as the program left it; at most this long.</param>
    /// <param name="context">What belongs to the packet besides its bytes; as the program left it, afterwards.</param>
    /// <param name="repeat">How often it runs: each time on what it left the time before.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public unsafe PacketRun Run(ReadOnlySpan<byte> packet, Span<byte> changed, ref PacketContext context, int repeat = 1)
    {
        fixed (byte* data = packet, room = changed)
        fixed (PacketContext* about = &context)
        {
            var options = new LibBpf.TestRunOptions
            {
                Size = (nuint)sizeof(LibBpf.TestRunOptions),
                DataIn = data,
                DataOut = room,
                DataSizeIn = (uint)packet.Length,
                DataSizeOut = (uint)changed.Length,
                ContextIn = about,
                ContextOut = about,
                ContextSizeIn = (uint)sizeof(PacketContext),
                ContextSizeOut = (uint)sizeof(PacketContext),
                Repeat = repeat,
            };
            return LibBpf.bpf_prog_test_run_opts(Fd, &options) == 0
                ? new((int)options.Result, (int)options.DataSizeOut, (int)options.Duration)
                : throw BpfException.FromLastError("run program", Name);
        }
    }

    /// <summary>Runs a program of type syscall, which reads and writes its context.</summary>
    /// <exception cref="BpfException">The kernel refused, as it does for programs of other types.</exception>
    public unsafe void RunOn(Span<byte> context)
    {
        fixed (byte* start = context)
        {
            var options = new LibBpf.TestRunOptions
            {
                Size = (nuint)sizeof(LibBpf.TestRunOptions),
                ContextIn = start,
                ContextSizeIn = (uint)context.Length,
            };
            if (LibBpf.bpf_prog_test_run_opts(Fd, &options) != 0)
            {
                throw BpfException.FromLastError("run program", Name);
            }
        }
    }
}
