using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>How pins go: those of other builds, and all of them.</summary>
internal sealed partial class PinFolder
{
    /// <summary>Removes what an earlier build, or other options, left of this family: links of other programs than these.</summary>
    /// <param name="keepDevices">Whether programs at devices stay; they are somebody else's to remove then.</param>
    internal void RemoveOlder(IReadOnlyCollection<string> links, bool keepDevices)
    {
        if (!keepDevices)
        {
            RemoveDevices(_bpffs, _family);
        }

        foreach (var link in LinksOf(_bpffs, _family).Where(link => !links.Contains(Path.GetFileName(link))))
        {
            File.Delete(link);
        }
    }

    /// <summary>Removes the maps of other schemas: what they held is carried over, and no program works on them.</summary>
    internal void RemoveFormer()
    {
        Former?.Dispose();
        foreach (var folder in MapFoldersOf(_bpffs, _family).Where(folder => folder != _name))
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

        return found | RemoveEmpty(bpffs);
    }

    /// <summary>Removes the folder for links and that for all pins, where nothing is in them. False when both stay, or were not there.</summary>
    internal static bool RemoveEmpty(string bpffs) =>
        RemoveIfEmpty(LinksFolderOf(bpffs)) | (Directory.Exists(bpffs) && !IsMountPoint(bpffs) && RemoveIfEmpty(bpffs));

    /// <summary>Removes what is pinned for a family, the links first. False when there was nothing.</summary>
    internal static bool RemoveFamily(string bpffs, IpFamily family)
    {
        var found = RemoveDevices(bpffs, family);
        string[] links = [.. LinksOf(bpffs, family)], folders = [.. MapFoldersOf(bpffs, family), .. MapFoldersOf(bpffs, family, NextSuffix)];
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
}
