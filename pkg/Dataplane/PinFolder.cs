using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// Where one family's maps and links are pinned: <c>BPFFS/ipv4-SCHEMA/MAP</c> and <c>BPFFS/links/PROGRAM</c>. The schema is a hash
/// of what maps look like, capacities included: a build or an option that changes it gets new maps beside the old ones, fills
/// them, and only then has the links replaced and the old maps removed.
/// </summary>
internal sealed partial class PinFolder
{
    private static readonly string[] Structs =
    [
        "frontend_key", "frontend", "frontend_bucket", "slot", "backend", "socket_entry", "socket_bucket", "udp_peer", "udp_memory",
        "service_counters", "affinity_key", "affinity", "source_range", "network", "settings", "bind_event",
        "flow_key", "next_hop", "rewrite", "flow", "flow_entry", "flow_bucket", "fragment_key", "fragment", "device", "packet_settings",
        "traffic", "service_traffic", "flow_gauges",
    ];

    private const string LinksFolder = "links";
    private const string NextSuffix = "_next";

    private readonly string _bpffs;
    private readonly IpFamily _family;
    private readonly string _maps;

    private PinFolder(string bpffs, IpFamily family, string schema)
    {
        _bpffs = bpffs;
        _family = family;
        _maps = Path.Combine(bpffs, PrefixOf(family) + schema);
    }

    /// <summary>Whether the maps were there already, so that they may hold something.</summary>
    internal bool HadMaps { get; private init; }

    /// <summary>Where links are.</summary>
    internal string Links => LinksFolderOf(_bpffs);

    /// <summary>Where links are below a folder for pins.</summary>
    internal static string LinksFolderOf(string bpffs) => Path.Combine(bpffs, LinksFolder);

    /// <summary>Makes the folders for the maps of these objects: those of one name are one map.</summary>
    internal static PinFolder Prepare(string bpffs, IpFamily family, params BpfObject[] objects)
    {
        var schema = SchemaOf(objects);
        var folder = new PinFolder(bpffs, family, schema) { HadMaps = Directory.Exists(Path.Combine(bpffs, PrefixOf(family) + schema)) };
        FileSystem.CreatePinFolder(folder._maps);
        Directory.CreateDirectory(folder.Links);
        return folder;
    }

    /// <summary>Has the object's maps pinned here, or found here, when it is loaded.</summary>
    /// <param name="opened">The object.</param>
    /// <param name="save">The name of one that is the object's own, if there is one.</param>
    internal void PinMaps(BpfObject opened, string? save = null)
    {
        foreach (var map in opened.Maps.Where(map => map.Name != save && !map.Name.Contains('.', StringComparison.Ordinal)))
        {
            map.PinAt(Path.Combine(_maps, map.Name));
        }
    }

    /// <summary>Has the program's link run it: the pinned one where it hangs at this cgroup, else a new one in its place.</summary>
    internal void Attach(BpfProgram program, CgroupHandle cgroup)
    {
        var path = Path.Combine(Links, program.Name);
        using var pinned = BpfLink.TryOpen(path);
        if (pinned is not null && pinned.CgroupId == cgroup.Id)
        {
            pinned.Update(program);
            return;
        }

        // Renamed into place, so that at no instant neither of the two is pinned; a process that is killed leaves both at worst.
        var next = path + NextSuffix;
        File.Delete(next);
        using var link = program.AttachTo(cgroup);
        link.Pin(next);
        File.Move(next, path, overwrite: true);
    }

    /// <summary>Removes what an earlier build, or other options, left of this family: links of other programs, maps of other schemas.</summary>
    /// <param name="keepDevices">Whether programs at devices stay; they are somebody else's to remove then.</param>
    internal void RemoveOlder(IEnumerable<BpfProgram> programs, bool keepDevices)
    {
        if (!keepDevices)
        {
            RemoveDevices(_bpffs, _family);
        }

        var current = programs.Select(program => program.Name).ToHashSet();
        foreach (var link in LinksOf(_bpffs, _family).Where(link => !current.Contains(Path.GetFileName(link))))
        {
            File.Delete(link);
        }

        foreach (var folder in MapFoldersOf(_bpffs, _family).Where(folder => Path.GetFileName(folder) != Path.GetFileName(_maps)))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// Detaches the programs of both families and removes all that is pinned; what others keep in the same folder stays. False when
    /// there was nothing.
    /// </summary>
    /// <exception cref="BpfException">The folder is not in a bpffs, or a daemon works there.</exception>
    /// <param name="before">What is done before, if there is anything; nobody else works there meanwhile.</param>
    internal static bool RemoveAll(string bpffs, Action? before = null)
    {
        if (!Directory.Exists(bpffs))
        {
            return false;
        }

        if (!FileSystem.IsBpffs(bpffs))
        {
            throw new BpfException("clean up", bpffs, Errno.Invalid, "it is not in a bpffs; see --bpffs");
        }

        using var alone = FolderLock.Take(bpffs);
        before?.Invoke();
        var found = false;
        foreach (var family in Enum.GetValues<IpFamily>())
        {
            found |= RemoveFamily(bpffs, family);
        }

        found |= RemoveIfEmpty(LinksFolderOf(bpffs));
        return found | (!IsMountPoint(bpffs) && RemoveIfEmpty(bpffs));
    }

    /// <summary>Removes what is pinned for a family, the links first. False when there was nothing.</summary>
    internal static bool RemoveFamily(string bpffs, IpFamily family)
    {
        var found = RemoveDevices(bpffs, family);
        string[] links = [.. LinksOf(bpffs, family)], folders = [.. MapFoldersOf(bpffs, family)];
        Array.ForEach(links, File.Delete);
        Array.ForEach(folders, folder => Directory.Delete(folder, recursive: true));
        return found | links.Length + folders.Length > 0;
    }

    // Those that begin a thing go before those that end it.
    private static bool RemoveDevices(string bpffs, IpFamily family)
    {
        DevicePin[] pins = [.. DevicePin.In(LinksFolderOf(bpffs), family).OrderBy(pin => pin.Hook)];
        Array.ForEach(pins, pin => pin.Remove());
        return pins.Length > 0;
    }

    // Only what bears one of our names, since the folder may be one that others use too.
    private static IEnumerable<string> LinksOf(string bpffs, IpFamily family) =>
        LinksFolderOf(bpffs) is var links && Directory.Exists(links)
            ? Directory.GetFiles(links).Where(link => LinkName().Match(Path.GetFileName(link)) is { Success: true } name
                && name.Groups["family"].Value == FamilyNumber(family))
            : [];

    /// <summary>The folders for maps of a family.</summary>
    internal static IEnumerable<string> MapFoldersOf(string bpffs, IpFamily family) => Directory.Exists(bpffs)
        ? Directory.GetDirectories(bpffs).Where(folder => MapFolderName().Match(Path.GetFileName(folder)) is { Success: true } name
            && name.Groups["family"].Value == FamilyNumber(family))
        : [];

    private static bool RemoveIfEmpty(string folder)
    {
        if (!Directory.Exists(folder) || Directory.EnumerateFileSystemEntries(folder).Any())
        {
            return false;
        }

        Directory.Delete(folder);
        return true;
    }

    private static bool IsMountPoint(string bpffs) => Path.GetDirectoryName(Path.GetFullPath(bpffs)) is not { } parent || !FileSystem.IsBpffs(parent);

    private static string FamilyNumber(IpFamily family) => ((int)family).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("^[a-z_]+(?<family>[46])(_mapped)?(_next)?$")]
    private static partial Regex LinkName();

    [GeneratedRegex("^ipv(?<family>[46])-[0-9a-f]{12}$")]
    private static partial Regex MapFolderName();

    private static string PrefixOf(IpFamily family) => $"ipv{(int)family}-";

    private static string SchemaOf(params BpfObject[] objects)
    {
        var text = new StringBuilder();
        foreach (var map in objects.SelectMany(opened => opened.Maps).DistinctBy(map => map.Name))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{map.Name} {map.Type} {map.KeySize} {map.ValueSize} {map.MaxEntries} {map.Flags}\n");
        }

        foreach (var name in Structs)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name} {string.Join(", ", objects.Select(opened => opened.Btf.Struct(name)).FirstOrDefault(fields => fields is not null) ?? [])}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..12];
    }
}
