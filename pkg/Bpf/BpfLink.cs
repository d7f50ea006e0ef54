using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>
/// An attached program. Closing the handle detaches it, unless it is pinned: a pin keeps it attached for as long as the pin is there.
/// </summary>
public sealed unsafe class BpfLink : SafeHandle
{
    private readonly string _name;

    internal BpfLink(int fd, string name)
        : base(-1, ownsHandle: true)
    {
        SetHandle(fd);
        _name = name;
    }

    public override bool IsInvalid => handle < 0;

    /// <summary>The cgroup's id (its inode number in cgroup2) that the link is attached to; 0 when that cgroup is gone.</summary>
    public ulong CgroupId => Info.Target;

    /// <summary>The index of the network device that the link is attached to, in that device's network namespace; 0 when it is gone.</summary>
    public int DeviceIndex => (int)(uint)Info.Target;

    /// <summary>What the kernel counted for the program that the link runs, see <see cref="ProgramStatistics"/>.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public ProgramRuns Runs
    {
        get
        {
            var program = LibBpf.bpf_prog_get_fd_by_id(Info.ProgramId);
            if (program < 0)
            {
                throw BpfException.FromLastError("open program of link", _name);
            }

            try
            {
                return ProgramRuns.Read(program, _name);
            }
            finally
            {
                _ = LibC.close(program);
            }
        }
    }

    /// <summary>Ids are given in the order in which links are made.</summary>
    public uint Id => Info.Id;

    /// <summary>The id of the program that it runs now.</summary>
    public uint ProgramId => Info.ProgramId;

    private LinkInfo Info
    {
        get
        {
            var info = default(LinkInfo);
            var size = (uint)sizeof(LinkInfo);
            return LibBpf.bpf_obj_get_info_by_fd((int)handle, &info, &size) == 0
                ? info
                : throw BpfException.FromLastError("read link", _name);
        }
    }

    /// <summary>Opens the link pinned at a path; null when there is none.</summary>
    public static BpfLink? TryOpen(string path)
    {
        var fd = LibBpf.bpf_obj_get(path);
        if (fd >= 0)
        {
            return new BpfLink(fd, path);
        }

        var error = Marshal.GetLastPInvokeError();
        return error == Errno.NoEntry ? null : throw new BpfException("open link", path, error);
    }

    /// <summary>
    /// Detaches the program at once: without that it goes on for a moment after the last reference to the link. What is detached already,
    /// as by the end of its device, stays so.
    /// </summary>
    public void Detach() => _ = LibBpf.bpf_link_detach((int)handle);

    /// <summary>Pins the link at a path in a bpffs, whose folder exists.</summary>
    public void Pin(string path)
    {
        if (LibBpf.bpf_obj_pin((int)handle, path) != 0)
        {
            throw BpfException.FromLastError("pin link", path, "is it in a mounted bpffs?");
        }
    }

    /// <summary>Lets the link run another program from now on, in one step: every call runs the old or the new one.</summary>
    public void Update(BpfProgram program)
    {
        if (LibBpf.bpf_link_update((int)handle, program.Fd, 0) != 0)
        {
            throw BpfException.FromLastError("update link", $"{_name} to program {program.Name}");
        }
    }

    /// <summary>The same for a program that is in the kernel already.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void Update(ProgramHandle program)
    {
        if (LibBpf.bpf_link_update((int)handle, program.Fd, 0) != 0)
        {
            throw BpfException.FromLastError("update link", _name);
        }
    }

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;

    /// <summary>The head of <c>struct bpf_link_info</c>; what its union begins with tells where the link is attached.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LinkInfo
    {
        public uint Type;
        public uint Id;
        public uint ProgramId;
        public uint Pad;
        public ulong Target;
        public uint AttachType;
        public uint Pad2;
    }
}
