using KubeProxyNext.Bpf;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Migration.Checks;

/// <summary>Others' programs at devices of the calling thread's network namespace: they see packets before ours, or after.</summary>
internal static class DeviceChecks
{
    private const string Subject = "other programs at devices";
    private const int MostNames = 3;

    internal static CheckLine Run(string bpffs)
    {
        try
        {
            var ours = OwnState.Programs(bpffs);
            var names = LoadedPrograms.List().ToLookup(program => program.Id, program => program.Name);
            var links = Links.List().Where(link => (link.Flags & LinkFlags.Loopback) == 0);
            string[] found = [.. links.SelectMany(link => Others(link, ours, names)).GroupBy(one => one.Program, one => one.Device).Select(Words)];
            return found.Length == 0
                ? CheckLine.Passed(Subject, "none")
                : CheckLine.Warning(
                    Subject, string.Join("; ", found),
                    "if they translate packets of Services, or redirect them past others, remove them; to see in which order they run: bpftool net");
        }
        catch (Exception error) when (error is BpfException or NetlinkException)
        {
            return CheckLine.Warning(Subject, error.Message, "run this as root");
        }
    }

    private static IEnumerable<(string Program, string Device)> Others(Link link, IReadOnlySet<uint> ours, ILookup<uint, string> names)
    {
        var linked = Enum.GetValues<DeviceHook>().SelectMany(hook => ProgramsAt(link.Index, hook)).Where(id => !ours.Contains(id))
            .Select(id => names[id].FirstOrDefault() ?? $"program {id}");
        var filters = DeviceFilters.List(link.Index).Where(filter => !ours.Contains(filter.ProgramId))
            .Select(filter => $"filter {names[filter.ProgramId].FirstOrDefault() ?? filter.Kind}");
        return linked.Concat(filters).Distinct().Select(name => (name, link.Name));
    }

    // None where the kernel has no such links.
    private static uint[] ProgramsAt(int device, DeviceHook hook)
    {
        try
        {
            return DevicePrograms.List(device, hook);
        }
        catch (BpfException)
        {
            return [];
        }
    }

    private static string Words(IGrouping<string, string> devices) => $"{devices.Key} at {Listing.OfFirst([.. devices], MostNames)}";
}
