using System.Globalization;
using System.Text.RegularExpressions;
using KubeProxyNext.Bpf;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>
/// What is pinned for a program at a device: a link (<c>ingress4_12</c>), or the program where a filter runs it
/// (<c>ingress4_12_filter</c>), which tells that there is such a filter.
/// </summary>
internal readonly partial record struct DevicePin(string Path, IpFamily Family, DeviceHook Hook, int Device, bool IsFilter)
{
    // "kpn" and the family, so that those of the two are told apart.
    private const uint FilterHandle = 0x6b706e00;

    // Nearly the first at ingress, nearly the last at egress: at the very ends others' filters of other kinds may be, which cannot share a
    // priority with ours.
    private const ushort IngressPriority = 2;
    private const ushort EgressPriority = 0xfffe;

    /// <summary>The filter that runs the program; whether or not there is one.</summary>
    internal ClsactFilter Filter =>
        new(Device, Hook, FilterHandle | (uint)Family, Hook == DeviceHook.Ingress ? IngressPriority : EgressPriority);

    /// <summary>What the filter is at, if we made it.</summary>
    internal OwnQdisc Qdisc => new(System.IO.Path.GetDirectoryName(Path)!, Device);

    internal static DevicePin Of(string folder, IpFamily family, DeviceHook hook, int device, bool isFilter) => new(
        System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture,
            $"{(hook == DeviceHook.Ingress ? "ingress" : "egress")}{(int)family}_{device}{(isFilter ? "_filter" : "")}")),
        family, hook, device, isFilter);

    /// <summary>Those of a family in the folder, and what a process that was killed left beside them.</summary>
    internal static IEnumerable<DevicePin> In(string folder, IpFamily family) =>
        (Directory.Exists(folder) ? Directory.GetFiles(folder) : []).Select(TryParse).OfType<DevicePin>().Where(pin => pin.Family == family);

    /// <summary>Null where it is no such pin.</summary>
    internal static DevicePin? TryParse(string path) => Name().Match(System.IO.Path.GetFileName(path)) is { Success: true } name
        ? new(path, (IpFamily)int.Parse(name.Groups["family"].ValueSpan, CultureInfo.InvariantCulture),
            name.Groups["hook"].ValueSpan is "ingress" ? DeviceHook.Ingress : DeviceHook.Egress,
            int.Parse(name.Groups["device"].ValueSpan, CultureInfo.InvariantCulture), name.Groups["filter"].Success)
        : null;

    /// <summary>The id of the program that is pinned, or that the pinned link runs; null where there is no such pin.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal uint? FindProgram()
    {
        if (IsFilter)
        {
            return File.Exists(Path) ? LoadedPrograms.IdAt(Path) : null;
        }

        using var link = BpfLink.TryOpen(Path);
        return link?.ProgramId;
    }

    /// <summary>Detaches the program, and removes the pin. Devices are those of the calling thread's network namespace.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal void Remove()
    {
        if (IsFilter)
        {
            Filter.Detach();
        }
        else
        {
            using var link = BpfLink.TryOpen(Path);
            link?.Detach();
        }

        File.Delete(Path);
        Qdisc.RemoveIfUnused();
    }

    [GeneratedRegex("^(?<hook>ingress|egress)(?<family>[46])_(?<device>[0-9]{1,9})(?<filter>_filter)?(_next)?$")]
    private static partial Regex Name();
}
