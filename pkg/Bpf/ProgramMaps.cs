using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>A map that is in the kernel, whoever made it.</summary>
/// <param name="Name">As its maker named it, <see cref="LongestName"/> characters at most.</param>
public readonly record struct LoadedMap(uint Id, string Name)
{
    /// <summary>What is longer is cut off.</summary>
    public const int LongestName = 15;
}

/// <summary>The maps that programs work on.</summary>
public static unsafe class ProgramMaps
{
    // MAX_USED_MAPS of the kernel.
    private const int Most = 64;

    /// <summary>Those of a program that is in the kernel, whoever loaded it; none where this process may not open it by its id.</summary>
    /// <exception cref="BpfException">There is none with this id, or the kernel refused.</exception>
    public static IReadOnlyList<LoadedMap> Of(uint programId)
    {
        using var program = ProgramHandle.TryOpen(programId);
        if (program is null)
        {
            return [];
        }

        var ids = stackalloc uint[Most];
        var info = ProgramInfo.Read(program.Fd, $"{programId}", new() { MapCount = Most, MapIds = (ulong)ids });

        // They live as long as the program does.
        return [.. new ReadOnlySpan<uint>(ids, (int)Math.Min(info.MapCount, Most)).ToArray().Select(id => new LoadedMap(id, NameOf(id)))];
    }

    private static string NameOf(uint id)
    {
        var fd = LibBpf.bpf_map_get_fd_by_id(id);
        if (fd < 0)
        {
            throw BpfException.FromLastError("open map", $"{id}");
        }

        try
        {
            var info = MapInfo.Read(fd, $"{id}");
            return Marshal.PtrToStringUTF8((nint)info.Name)!;
        }
        finally
        {
            _ = LibC.close(fd);
        }
    }
}
