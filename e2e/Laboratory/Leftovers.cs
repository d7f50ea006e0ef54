namespace KubeProxyNext.Laboratory;

/// <summary>Laboratories that are still on the machine though their owners are gone.</summary>
public static class Leftovers
{
    /// <summary>The file in a laboratory's state folder that says it stays on purpose.</summary>
    internal const string KeepMark = "keep";

    /// <summary>Takes away what dead owners left behind. Laboratories of living owners, and those that are kept, stay.</summary>
    public static async Task ClearAsync(Host host, CancellationToken cancellation = default)
    {
        foreach (var id in Find(host).Where(id => !id.OwnerIsAlive && !File.Exists($"{Host.StateRoot}/{id}/{KeepMark}")))
        {
            await Reaper.RemoveAsync(id, host, cancellation);
        }
    }

    /// <summary>The laboratories that were kept and not yet removed.</summary>
    public static IReadOnlyList<LabId> FindKept(Host host) => [.. Find(host).Where(id => File.Exists($"{Host.StateRoot}/{id}/{KeepMark}"))];

    /// <summary>Takes one laboratory away, kept or not.</summary>
    public static Task RemoveAsync(Host host, LabId id, CancellationToken cancellation = default) => Reaper.RemoveAsync(id, host, cancellation);

    /// <summary>Every laboratory of which there is any trace: namespaces, cgroups, pins or files.</summary>
    public static IReadOnlyList<LabId> Find(Host host) =>
    [
        .. new[] { NetworkNamespace.Folder, host.CgroupRoot, host.BpfRoot, Host.StateRoot }
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateFileSystemEntries)
            .Select(path => LabId.TryParse(Path.GetFileName(path), out var id) ? id : (LabId?)null)
            .OfType<LabId>()
            .Distinct(),
    ];
}
