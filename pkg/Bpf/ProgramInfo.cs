using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>
/// Fields of <c>struct bpf_prog_info</c>: what the kernel tells of a program. It fills as much of the struct as it is given room for, and as it knows.
/// </summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct ProgramInfo
{
    internal const int NameLength = 16;

    [FieldOffset(4)]
    public uint Id;

    /// <summary>For how many ids there is room at <see cref="MapIds"/>; then how many maps there are.</summary>
    [FieldOffset(52)]
    public uint MapCount;

    [FieldOffset(56)]
    public ulong MapIds;

    [FieldOffset(64)]
    public fixed byte Name[NameLength];

    /// <summary>In nanoseconds.</summary>
    [FieldOffset(192)]
    public ulong RunTime;

    [FieldOffset(200)]
    public ulong RunCount;

    /// <param name="name">Used in the error.</param>
    /// <param name="info">What is asked for beyond the fields of fixed size.</param>
    /// <exception cref="BpfException">The kernel does not tell.</exception>
    internal static ProgramInfo Read(int fd, string name, ProgramInfo info = default)
    {
        var size = (uint)sizeof(ProgramInfo);
        return LibBpf.bpf_obj_get_info_by_fd(fd, &info, &size) == 0 ? info : throw BpfException.FromLastError("read program", name);
    }
}
