using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Succession;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// Where one family's maps and links are pinned: <c>BPFFS/ipv4-SCHEMA/MAP</c> and <c>BPFFS/links/PROGRAM</c>. The schema is a hash
/// of what maps look like, capacities included: a build or an option that changes it fills a folder of its own beside the old one,
/// <c>ipv4-SCHEMA_next</c>, with the maps that stay as they are and others in the place of those that do not. It gets its name when it
/// is complete, then the links are replaced, and the old folder is removed.
/// </summary>
internal sealed partial class PinFolder : IDisposable
{
    private const string LinksFolder = "links";
    private const string NextSuffix = "_next";

    private readonly string _bpffs;
    private readonly IpFamily _family;
    private readonly string _name;
    private string _maps;

    private PinFolder(string bpffs, IpFamily family, string schema)
    {
        _bpffs = bpffs;
        _family = family;
        _name = Path.Combine(bpffs, PrefixOf(family) + schema);
        HadMaps = Directory.Exists(_name);
        Former = MapFoldersOf(bpffs, family).Where(folder => folder != _name)
            .OrderByDescending(Directory.GetLastWriteTimeUtc).Select(folder => new FormerMaps(folder)).FirstOrDefault();
        _maps = HadMaps || Former is null ? _name : _name + NextSuffix;
    }

    /// <summary>Whether the maps were there already, so that they may hold something.</summary>
    internal bool HadMaps { get; }

    /// <summary>Maps that ours take the place of; null where there are none.</summary>
    internal FormerMaps? Former { get; }

    /// <summary>Whether those that the controller writes for Services are new, though there are former ones: they are to be filled.</summary>
    internal bool AreServicesNew { get; private set; }

    /// <summary>Where links are.</summary>
    internal string Links => LinksFolderOf(_bpffs);

    /// <summary>Where links are below a folder for pins.</summary>
    internal static string LinksFolderOf(string bpffs) => Path.Combine(bpffs, LinksFolder);

    /// <summary>Makes the folders for the maps of these objects: those of one name are one map.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal static PinFolder Prepare(string bpffs, IpFamily family, params BpfObject[] objects)
    {
        var shapes = ShapesOf(objects);
        foreach (var unfinished in MapFoldersOf(bpffs, family, NextSuffix))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        var folder = new PinFolder(bpffs, family, SchemaOf(shapes));
        Directory.CreateDirectory(folder.Links);
        FileSystem.CreatePinFolder(folder._maps);
        if (!folder.HadMaps && folder.Former is { } former)
        {
            folder.Share(former, shapes);
        }

        return folder;
    }

    /// <summary>The maps are complete: whoever starts from here on finds them.</summary>
    internal void Complete()
    {
        if (_maps != _name)
        {
            Directory.Move(_maps, _name);
            _maps = _name;
        }
    }

    /// <summary>Has the object's maps pinned here, or found here, when it is loaded.</summary>
    /// <param name="opened">The object.</param>
    /// <param name="save">The name of one that is the object's own, if there is one.</param>
    internal void PinMaps(BpfObject opened, string? save = null)
    {
        foreach (var map in opened.Maps.Where(map => map.Name != save && IsPinned(map)))
        {
            map.PinAt(Path.Combine(_maps, map.Name));
        }
    }

    /// <summary>Pins the loaded object's maps again whose pins are gone, or lead to others. Returns their names.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal IReadOnlyList<string> RestoreMaps(BpfObject loaded, string? save = null)
    {
        FileSystem.CreatePinFolder(_maps);
        return [.. loaded.Maps.Where(map => map.Name != save && IsPinned(map) && !IsAtItsPin(map)).Select(Restore)];

        string Restore(BpfMap map)
        {
            var path = Path.Combine(_maps, map.Name);
            File.Delete(path);
            map.Pin(path);
            return map.Name;
        }
    }

    public void Dispose() => Former?.Dispose();

    /// <summary>The links of a family's socket programs: only what bears one of our names, since the folder may be one that others use too.</summary>
    internal static IEnumerable<string> LinksOf(string bpffs, IpFamily family) =>
        LinksFolderOf(bpffs) is var links && Directory.Exists(links)
            ? Directory.GetFiles(links).Where(link => LinkName().Match(Path.GetFileName(link)) is { Success: true } name
                && name.Groups["family"].Value == FamilyNumber(family))
            : [];

    /// <summary>The folders for maps of a family that are complete, or those with another end to their names.</summary>
    internal static IEnumerable<string> MapFoldersOf(string bpffs, IpFamily family, string suffix = "") => Directory.Exists(bpffs)
        ? Directory.GetDirectories(bpffs).Where(folder => MapFolderName().Match(Path.GetFileName(folder)) is { Success: true } name
            && name.Groups["family"].Value == FamilyNumber(family) && name.Groups["suffix"].Value == suffix)
        : [];

    private static string FamilyNumber(IpFamily family) => ((int)family).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("^[a-z_]+(?<family>[46])(_mapped)?(_next)?$")]
    private static partial Regex LinkName();

    [GeneratedRegex("^ipv(?<family>[46])-[0-9a-f]{12}(?<suffix>(_next)?)$")]
    private static partial Regex MapFolderName();

    private static string PrefixOf(IpFamily family) => $"ipv{(int)family}-";

    // Those for Services go together.
    private void Share(FormerMaps former, Dictionary<string, MapShape> shapes)
    {
        AreServicesNew = !ServiceMaps.Names.All(name => IsShared(former, name, shapes[name]));
        foreach (var (name, shape) in shapes)
        {
            if (ServiceMaps.Names.Contains(name) ? !AreServicesNew : IsShared(former, name, shape))
            {
                former.Find(name)!.Pin(Path.Combine(_maps, name));
            }
        }
    }

    private static bool IsShared(FormerMaps former, string name, MapShape shape) => former.Find(name) is { } map && MapShape.Of(map) == shape;

    private static Dictionary<string, MapShape> ShapesOf(IEnumerable<BpfObject> objects)
    {
        var shapes = new Dictionary<string, MapShape>();
        foreach (var opened in objects)
        {
            foreach (var map in opened.Maps.Where(IsPinned))
            {
                shapes.TryAdd(map.Name, MapShape.Of(map, opened.Btf));
            }
        }

        return shapes;
    }

    private bool IsAtItsPin(BpfMap map)
    {
        var path = Path.Combine(_maps, map.Name);
        if (!File.Exists(path))
        {
            return false;
        }

        using var pinned = PinnedMap.Open(path);
        return pinned.Id == map.Id;
    }

    /// <summary>Whether it is one that is shared, by its pin.</summary>
    internal static bool IsPinned(BpfMap map) => !map.Name.Contains('.', StringComparison.Ordinal);

    private static string SchemaOf(Dictionary<string, MapShape> shapes)
    {
        var text = string.Join('\n', shapes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
    }
}
