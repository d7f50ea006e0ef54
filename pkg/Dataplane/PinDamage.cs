using KubeProxyNext.Bpf;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>What is missing of the pins that a daemon has left, as far as they tell themselves; a daemon's own audit sees more.</summary>
public static class PinDamage
{
    /// <returns>Each for people to read; empty where nothing is pinned, or nothing is missing.</returns>
    /// <exception cref="BpfException">A pin may not be opened.</exception>
    public static IReadOnlyList<string> Find(string bpffs) => [.. Enum.GetValues<IpFamily>().SelectMany(family => Find(bpffs, family))];

    private static List<string> Find(string bpffs, IpFamily family)
    {
        string[] folders = [.. PinFolder.MapFoldersOf(bpffs, family)];
        if (folders.Length != 1)
        {
            return folders.Length == 0 ? [] : [$"{family}: maps of {folders.Length} builds or sizes; the next start goes on from there"];
        }

        using var built = SockObject.Open(family);
        return
        [
            .. built.Maps.Where(map => PinFolder.IsPinned(map) && !File.Exists(Path.Combine(folders[0], map.Name))).Select(map => $"map {map.Name} of {family} has no pin"),
            .. built.Programs.Where(program => !program.IsIterator).Select(program => Describe(Path.Combine(PinFolder.LinksFolderOf(bpffs), program.Name), program)).OfType<string>(),
        ];
    }

    // Whether binds are protected is an option.
    private static string? Describe(string path, BpfProgram program)
    {
        using var link = BpfLink.TryOpen(path);
        return link is null
            ? FamilyPrograms.ProtectsBinds(program) ? null : $"link {program.Name} has no pin"
            : link.CgroupId == 0 ? $"link {program.Name} is detached" : null;
    }
}
