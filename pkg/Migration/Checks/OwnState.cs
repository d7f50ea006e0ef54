using KubeProxyNext.Bpf;

namespace KubeProxyNext.Migration.Checks;

/// <summary>What an earlier start of ours left at work.</summary>
internal static class OwnState
{
    private const string Subject = "own programs";

    internal static IEnumerable<CheckLine> Run(string bpffs)
    {
        var links = LinksIn(bpffs);
        yield return links.Count == 0
            ? CheckLine.Passed(Subject, $"none are at work by {bpffs}")
            : links.Where(link => link.Program is null).Select(link => link.Name).ToList() is { Count: > 0 } dead
                ? CheckLine.Warning(Subject, $"these pins are no links: {string.Join(", ", dead)}", "start the daemon, which puts them right, or run: kube-proxy-next cleanup")
                : CheckLine.Passed(Subject, $"{links.Count} are at work by {bpffs}");
    }

    /// <summary>The ids of programs that our pinned links run, and our filters.</summary>
    internal static IReadOnlySet<uint> Programs(string bpffs) =>
        LinksIn(bpffs).Select(link => link.Program).OfType<uint>().Concat(FiltersIn(bpffs).Select(ProgramAt).OfType<uint>()).ToHashSet();

    private static string[] FiltersIn(string bpffs) => Directory.Exists(Path.Combine(bpffs, "links")) ? Directory.GetFiles(Path.Combine(bpffs, "links"), "*_filter") : [];

    private static uint? ProgramAt(string file)
    {
        try
        {
            return LoadedPrograms.IdAt(file);
        }
        catch (BpfException)
        {
            return null;
        }
    }

    private static IReadOnlyList<(string Name, uint? Program)> LinksIn(string bpffs)
    {
        var folder = Path.Combine(bpffs, "links");
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder).Where(file => !file.EndsWith("_filter", StringComparison.Ordinal)).Select(file => (Path.GetFileName(file), ProgramOf(file)))]
            : [];
    }

    private static uint? ProgramOf(string file)
    {
        try
        {
            using var link = BpfLink.TryOpen(file);
            return link?.ProgramId;
        }
        catch (BpfException)
        {
            return null;
        }
    }
}
