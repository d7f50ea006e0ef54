using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>Types that the kernel has been given with maps.</summary>
internal static unsafe class KernelBtf
{
    /// <exception cref="BpfException">There are none with this id, or the kernel does not tell.</exception>
    internal static Btf Read(uint id)
    {
        var fd = LibBpf.bpf_btf_get_fd_by_id(id);
        if (fd < 0)
        {
            throw BpfException.FromLastError("open types", $"{id}", "what maps of another build or size hold is told to CAP_SYS_ADMIN alone");
        }

        try
        {
            // The first answer tells the size alone.
            var data = new byte[Ask(fd, id, [])];
            _ = Ask(fd, id, data);
            return new(data);
        }
        finally
        {
            _ = LibC.close(fd);
        }
    }

    private static uint Ask(int fd, uint id, byte[] room)
    {
        fixed (byte* start = room)
        {
            var info = new Info { Data = (ulong)start, Size = (uint)room.Length };
            var size = (uint)sizeof(Info);
            return LibBpf.bpf_obj_get_info_by_fd(fd, &info, &size) == 0 ? info.Size : throw BpfException.FromLastError("read types", $"{id}");
        }
    }

    /// <summary>The head of <c>struct bpf_btf_info</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Info
    {
        public ulong Data;
        public uint Size;
        public uint Id;
    }
}
