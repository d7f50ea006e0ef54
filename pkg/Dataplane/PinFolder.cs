using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KubeProxyNext.Bpf;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// Where one family's maps and links are pinned: <c>BPFFS/ipv4-SCHEMA/MAP</c> and <c>BPFFS/links/PROGRAM</c>. The schema is a hash
/// of what maps look like, capacities included: a build or an option that changes it gets new maps beside the old ones, fills
/// them, and only then has the links replaced and the old maps removed.
/// </summary>
internal sealed class PinFolder
{
    private static readonly string[] Structs =
    [
        "frontend_key", "frontend", "frontend_bucket", "slot", "backend", "socket_entry", "socket_bucket", "udp_peer", "udp_memory",
        "service_counters",
    ];

    private readonly string _bpffs;
    private readonly string _prefix;
    private readonly string _maps;

    private PinFolder(string bpffs, IpFamily family, string schema)
    {
        _bpffs = bpffs;
        _prefix = PrefixOf(family);
        _maps = Path.Combine(bpffs, _prefix + schema);
    }

    /// <summary>Whether the maps were there already, so that they may hold something.</summary>
    internal bool HadMaps { get; private init; }

    private string Links => Path.Combine(_bpffs, "links");

    /// <summary>Makes the folders and has the object's maps pinned there, or found there, when it is loaded.</summary>
    internal static PinFolder Prepare(string bpffs, IpFamily family, BpfObject programs)
    {
        var schema = SchemaOf(programs);
        var folder = new PinFolder(bpffs, family, schema) { HadMaps = Directory.Exists(Path.Combine(bpffs, PrefixOf(family) + schema)) };
        FileSystem.CreatePinFolder(folder._maps);
        Directory.CreateDirectory(folder.Links);
        foreach (var map in programs.Maps.Where(map => !map.Name.Contains('.', StringComparison.Ordinal)))
        {
            map.PinAt(Path.Combine(folder._maps, map.Name));
        }

        return folder;
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

        using var link = program.AttachTo(cgroup);
        if (pinned is not null)
        {
            File.Delete(path);
        }

        link.Pin(path);
    }

    /// <summary>Removes this family's maps of other schemas; their programs run no more.</summary>
    internal void RemoveOlderMaps()
    {
        foreach (var folder in Directory.EnumerateDirectories(_bpffs, _prefix + "*").Where(folder => folder != _maps))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Detaches the programs of both families and removes all that is pinned. False when there was nothing.</summary>
    internal static bool RemoveAll(string bpffs)
    {
        if (!Directory.Exists(bpffs))
        {
            return false;
        }

        Directory.Delete(bpffs, recursive: true);
        return true;
    }

    /// <summary>Removes what is pinned for a family that this node does not use any more.</summary>
    internal static void RemoveFamily(string bpffs, IpFamily family)
    {
        var links = Path.Combine(bpffs, "links");
        foreach (var link in Directory.Exists(links) ? Directory.GetFiles(links, $"*{(int)family}*") : [])
        {
            File.Delete(link);
        }

        foreach (var folder in Directory.Exists(bpffs) ? Directory.GetDirectories(bpffs, PrefixOf(family) + "*") : [])
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string PrefixOf(IpFamily family) => $"ipv{(int)family}-";

    private static string SchemaOf(BpfObject programs)
    {
        var text = new StringBuilder();
        foreach (var map in programs.Maps)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{map.Name} {map.Type} {map.KeySize} {map.ValueSize} {map.MaxEntries} {map.Flags}\n");
        }

        foreach (var name in Structs)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name} {string.Join(", ", programs.Btf.Struct(name) ?? [])}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..12];
    }
}
