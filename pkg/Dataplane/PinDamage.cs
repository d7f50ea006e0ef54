using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>What is missing of the pins that a daemon has left, as far as they tell themselves; a daemon's own audit sees more.</summary>
public static class PinDamage
{
    /// <returns>Each for people to read; empty where nothing is pinned, or nothing is missing.</returns>
    /// <exception cref="BpfException">A pin may not be opened.</exception>
    public static IReadOnlyList<string> Find(string bpffs) =>
        [.. Enum.GetValues<IpFamily>().SelectMany(family => Find(bpffs, family)), .. DevicePinDamage.Find(bpffs)];

    private static IEnumerable<string> Find(string bpffs, IpFamily family)
    {
        var links = PinFolder.LinksFolderOf(bpffs);
        DevicePin[] devices = [.. DevicePin.In(links, family)];
        string[] folders = [.. PinFolder.MapFoldersOf(bpffs, family)];
        return folders switch
        {
            [] => devices.Length > 0 || PinFolder.LinksOf(bpffs, family).Any() ? [$"{family}: programs are at work, and none of their maps has a pin"] : [],
            [var maps] => [.. MissingMaps(maps, family, devices.Length > 0), .. BrokenLinks(links, family), .. Strays(maps, [.. PinFolder.LinksOf(bpffs, family)], devices)],
            _ => [$"{family}: maps of {folders.Length} builds or sizes; the next start goes on from there"],
        };
    }

    private static IEnumerable<string> MissingMaps(string folder, IpFamily family, bool servesDevices)
    {
        using var sockets = SockObject.Open(family);
        using var packets = TcObject.Open(family);
        var names = sockets.Maps.Concat(servesDevices ? packets.Maps : []).Where(PinFolder.IsPinned).Select(map => map.Name).Distinct();
        return [.. names.Where(name => !File.Exists(Path.Combine(folder, name))).Select(name => $"map {name} of {family} has no pin")];
    }

    private static IEnumerable<string> BrokenLinks(string folder, IpFamily family)
    {
        using var built = SockObject.Open(family);
        return [.. built.Programs.Where(program => !program.IsIterator).Select(program => Describe(Path.Combine(folder, program.Name), program)).OfType<string>()];
    }

    // Whether binds are protected is an option.
    private static string? Describe(string path, BpfProgram program)
    {
        using var link = BpfLink.TryOpen(path);
        return link is null
            ? FamilyPrograms.ProtectsBinds(program) ? null : $"link {program.Name} has no pin"
            : link.CgroupId == 0 ? $"link {program.Name} is detached" : null;
    }

    // Programs that work on maps which others have taken the place of: whoever reads and writes the pinned ones does not reach them.
    private static IEnumerable<string> Strays(string folder, IEnumerable<string> links, IEnumerable<DevicePin> devices)
    {
        var pinned = Directory.GetFiles(folder).ToLookup(path => NameInKernel(Path.GetFileName(path)), IdOf);
        IEnumerable<(string Name, uint? Program)> programs =
            [.. links.Select(path => (Path.GetFileName(path), RunBy(path))), .. devices.Select(pin => (Path.GetFileName(pin.Path), pin.FindProgram()))];
        foreach (var (name, program) in programs)
        {
            IEnumerable<LoadedMap> maps = program is { } id ? ProgramMaps.Of(id) : [];
            foreach (var map in maps.Where(map => pinned[map.Name].Any() && !pinned[map.Name].Contains(map.Id)))
            {
                yield return $"{name} works on another map {map.Name} than the one that has a pin";
            }
        }
    }

    private static string NameInKernel(string name) => name[..Math.Min(name.Length, LoadedMap.LongestName)];

    private static uint IdOf(string path)
    {
        using var map = PinnedMap.Open(path);
        return map.Id;
    }

    private static uint? RunBy(string path)
    {
        using var link = BpfLink.TryOpen(path);
        return link?.ProgramId;
    }
}
