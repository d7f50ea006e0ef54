using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>The head of <c>struct bpf_map_info</c>: what the kernel tells of a map.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MapInfo
{
    public uint Type;
    public uint Id;
    public uint KeySize;
    public uint ValueSize;
    public uint MaxEntries;
    public uint Flags;
    public fixed byte Name[16];
    public uint Device;
    public uint KernelValueType;
    public ulong NetnsDevice;
    public ulong NetnsInode;
    public uint BtfId;
    public uint KeyType;
    public uint ValueType;
    public uint Pad;

    /// <param name="name">Used in the error.</param>
    /// <exception cref="BpfException">The kernel does not tell.</exception>
    internal static MapInfo Read(int fd, string name)
    {
        var info = default(MapInfo);
        var size = (uint)sizeof(MapInfo);
        return LibBpf.bpf_obj_get_info_by_fd(fd, &info, &size) == 0 ? info : throw BpfException.FromLastError("read map", name);
    }
}
