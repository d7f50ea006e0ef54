using KubeProxyNext.Bpf;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>
/// One family's programs at devices of the calling thread's network namespace. What is attached outlives the process, and is found again
/// by its pin. One thread at a time.
/// </summary>
/// <param name="folder">Where pins are: a folder in a bpffs.</param>
internal sealed class DeviceAttachments(string folder, IpFamily family, DeviceAttach attach)
{
    private const string NextSuffix = "_next";

    private DeviceAttach _attach = attach;

    /// <summary>Devices with something pinned for them.</summary>
    internal IReadOnlySet<int> Devices => DevicePin.In(folder, family).Select(pin => pin.Device).ToHashSet();

    /// <summary>Has the device run the program, in the place of the one that an earlier process attached.</summary>
    /// <exception cref="BpfException">The kernel refused: <see cref="Errno.NoDevice"/> where there is no such device any more.</exception>
    internal void Attach(int device, DeviceHook hook, BpfProgram program)
    {
        var link = DevicePin.Of(folder, family, hook, device, isFilter: false);
        var filter = DevicePin.Of(folder, family, hook, device, isFilter: true);
        if (TryLink(link, program))
        {
            RemoveIfThere(filter);
            return;
        }

        AttachFilter(filter, program);
        RemoveIfThere(link);
    }

    /// <summary>Whether the device runs the program.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal bool IsAttached(int device, DeviceHook hook, BpfProgram program)
    {
        var filter = DevicePin.Of(folder, family, hook, device, isFilter: true);
        if (File.Exists(filter.Path))
        {
            return filter.Filter.FindProgram() == program.Id;
        }

        using var link = BpfLink.TryOpen(DevicePin.Of(folder, family, hook, device, isFilter: false).Path);
        return link is not null && link.DeviceIndex == device && link.ProgramId == program.Id;
    }

    /// <summary>Has the device run none of our programs. What begins a thing goes before what ends it.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal void Detach(int device)
    {
        foreach (var pin in DevicePin.In(folder, family).Where(pin => pin.Device == device).OrderBy(pin => pin.Hook))
        {
            pin.Remove();
        }
    }

    // Tried first, and where it is refused otherwise than for want of the device, filters are used from then on, if those are not.
    private bool TryLink(DevicePin pin, BpfProgram program)
    {
        if (_attach == DeviceAttach.Clsact)
        {
            return false;
        }

        try
        {
            AttachLink(pin, program);
            _attach = DeviceAttach.Tcx;
            return true;
        }
        catch (BpfException error) when (_attach == DeviceAttach.Auto && error.Errno == Errno.Invalid)
        {
            return false;
        }
    }

    private static void AttachLink(DevicePin pin, BpfProgram program)
    {
        using var pinned = BpfLink.TryOpen(pin.Path);
        if (pinned is not null && pinned.DeviceIndex == pin.Device)
        {
            pinned.Update(program);
            return;
        }

        // Renamed into place, so that at no instant neither of the two is pinned; a process that is killed leaves both at worst.
        var next = pin.Path + NextSuffix;
        File.Delete(next);
        using var link = program.AttachTo(pin.Device, pin.Hook);
        link.Pin(next);
        File.Move(next, pin.Path, overwrite: true);
    }

    // The pin comes first: a filter without one would be lost to us.
    private void AttachFilter(DevicePin pin, BpfProgram program)
    {
        File.Delete(pin.Path);
        program.Pin(pin.Path);
        try
        {
            if (pin.Filter.Attach(program))
            {
                pin.Qdisc.Note();
            }

            _attach = DeviceAttach.Clsact;
        }
        catch (BpfException)
        {
            pin.Remove();
            throw;
        }
    }

    private static void RemoveIfThere(DevicePin pin)
    {
        if (File.Exists(pin.Path))
        {
            pin.Remove();
        }
    }
}
