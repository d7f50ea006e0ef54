using System.Runtime.InteropServices;
using System.Text;

namespace KubeProxyNext.Bpf;

/// <summary>A program that is in the kernel, whoever loaded it.</summary>
/// <param name="Name">As its loader named it, 15 characters at most.</param>
public readonly record struct LoadedProgram(uint Id, string Name);

/// <summary>All programs that are in the kernel.</summary>
public static unsafe class LoadedPrograms
{
    /// <summary>Lists them by their ids.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static IReadOnlyList<LoadedProgram> List()
    {
        var programs = new List<LoadedProgram>();
        uint id = 0;
        while (LibBpf.bpf_prog_get_next_id(id, &id) == 0)
        {
            if (TryRead(id) is { } program)
            {
                programs.Add(program);
            }
        }

        return Marshal.GetLastPInvokeError() == Errno.NoEntry ? programs : throw BpfException.FromLastError("list", "programs");
    }

    /// <summary>The id of the program that is pinned at a path.</summary>
    /// <exception cref="BpfException">There is none, or the kernel refused.</exception>
    public static uint IdAt(string path)
    {
        var fd = LibBpf.bpf_obj_get(path);
        if (fd < 0)
        {
            throw BpfException.FromLastError("open program", path);
        }

        try
        {
            return IdOf(fd, path);
        }
        finally
        {
            _ = LibC.close(fd);
        }
    }

    /// <param name="name">Used in the error.</param>
    /// <exception cref="BpfException">The kernel does not tell.</exception>
    internal static uint IdOf(int fd, string name) => ProgramInfo.Read(fd, name).Id;

    /// <summary>The ids of programs of one kind at a cgroup: of those that hang there, not of those above it.</summary>
    /// <param name="attachType"><c>enum bpf_attach_type</c>.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal static uint[] ListAt(CgroupHandle cgroup, int attachType)
    {
        const int most = 64;
        var ids = stackalloc uint[most];
        uint flags = 0, count = most;
        return LibBpf.bpf_prog_query(cgroup.Fd, attachType, 0, &flags, ids, &count) == 0
            ? new ReadOnlySpan<uint>(ids, (int)count).ToArray()
            : throw BpfException.FromLastError("list programs of", cgroup.Path);
    }

    // Null where it has gone meanwhile.
    private static LoadedProgram? TryRead(uint id)
    {
        var fd = LibBpf.bpf_prog_get_fd_by_id(id);
        if (fd < 0)
        {
            return null;
        }

        try
        {
            var info = ProgramInfo.Read(fd, $"{id}");
            return new(id, Encoding.ASCII.GetString(new ReadOnlySpan<byte>(info.Name, ProgramInfo.NameLength)).TrimEnd('\0'));
        }
        finally
        {
            _ = LibC.close(fd);
        }
    }
}
