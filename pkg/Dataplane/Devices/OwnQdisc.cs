using KubeProxyNext.Bpf;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>
/// The <c>clsact</c> qdisc of a device, if it is there since a filter of ours needed one: which an empty folder beside the pins tells
/// (<c>clsact_12</c>), to those who come later, too.
/// </summary>
/// <param name="Folder">Where pins are.</param>
internal readonly record struct OwnQdisc(string Folder, int Device)
{
    private string Mark => Path.Combine(Folder, $"clsact_{Device}");

    /// <summary>It was made.</summary>
    internal void Note() => Directory.CreateDirectory(Mark);

    /// <summary>
    /// With the last filter of ours it is not ours any more; and it goes, unless others have filters there by now. Devices are those of the calling
    /// thread's network namespace.
    /// </summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal void RemoveIfUnused()
    {
        var (folder, device) = (Folder, Device);
        if (!Directory.Exists(Mark) || Enum.GetValues<IpFamily>().SelectMany(family => DevicePin.In(folder, family)).Any(pin => pin.IsFilter && pin.Device == device))
        {
            return;
        }

        if (!IsUsed())
        {
            ClsactFilter.RemoveQdisc(Device);
        }

        Directory.Delete(Mark);
    }

    // An empty one harms nobody; without it others' filters would be gone.
    private bool IsUsed()
    {
        try
        {
            return DeviceFilters.List(Device).Count > 0;
        }
        catch (NetlinkException)
        {
            return true;
        }
    }
}
