using System.Globalization;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>
/// A program as a filter of a network device's <c>clsact</c> qdisc (tc-bpf(8), direct action): what there was before
/// <see cref="BpfLink"/>s to devices, which came with kernel 6.6. The kernel keeps it until it is removed or the device is gone; nothing
/// else holds it. Devices are those of the calling thread's network namespace.
/// </summary>
/// <param name="Device">The device's index.</param>
/// <param name="Handle">Tells filters of one priority apart.</param>
/// <param name="Priority">Filters run in this order, the lowest first, as long as each lets the next one have the packet.</param>
public readonly unsafe record struct ClsactFilter(int Device, DeviceHook Hook, uint Handle, ushort Priority)
{
    private const uint Replace = 1;

    private string Text => string.Create(CultureInfo.InvariantCulture, $"{Handle:x} of priority {Priority} at {Hook} of device {Device}");

    /// <summary>The id of the program that the filter runs; null where there is no such filter, or no such device.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public uint? FindProgram()
    {
        var (hook, options) = (HookOf(), OptionsOf());
        if (LibBpf.bpf_tc_query(&hook, &options) == 0)
        {
            return options.ProgramId;
        }

        return Marshal.GetLastPInvokeError() is Errno.NoEntry or Errno.NoDevice or Errno.Invalid
            ? null
            : throw BpfException.FromLastError("look for filter", Text);
    }

    /// <summary>Has the device run the program, in the place of the one that this filter ran before, if there is one.</summary>
    /// <returns>Whether the device had no such qdisc before.</returns>
    /// <exception cref="BpfException">The kernel refused: above all, where there is no such device.</exception>
    public bool Attach(BpfProgram program)
    {
        var (hook, options) = (HookOf(), OptionsOf());
        var qdisc = QdiscOf(Device);
        LibBpfLog.Start();
        var isMade = LibBpf.bpf_tc_hook_create(&qdisc) == 0;
        var failed = !isMade && Marshal.GetLastPInvokeError() != Errno.Exists;
        if (!failed)
        {
            (options.ProgramFd, options.Flags) = (program.Fd, Replace);
            failed = LibBpf.bpf_tc_attach(&hook, &options) != 0;
        }

        var error = Marshal.GetLastPInvokeError();
        var log = LibBpfLog.Stop();
        if (failed)
        {
            throw new BpfException("attach filter", Text, error, log.Length > 0 ? log : null);
        }

        return isMade;
    }

    /// <summary>Removes the filter. The qdisc stays: others may use it. False where there was no such filter, or no such device.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public bool Detach()
    {
        var (hook, options) = (HookOf(), OptionsOf());
        if (LibBpf.bpf_tc_detach(&hook, &options) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() is Errno.NoEntry or Errno.NoDevice or Errno.Invalid
            ? false
            : throw BpfException.FromLastError("remove filter", Text);
    }

    /// <summary>Removes a device's qdisc with all filters, whosever they are. False where there was none, or no such device.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static bool RemoveQdisc(int device)
    {
        var qdisc = QdiscOf(device);
        if (LibBpf.bpf_tc_hook_destroy(&qdisc) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() is Errno.NoEntry or Errno.NoDevice or Errno.Invalid
            ? false
            : throw BpfException.FromLastError("remove clsact", $"of device {device}");
    }

    private static LibBpf.ClsactHook QdiscOf(int device) => new()
    {
        Size = (nuint)sizeof(LibBpf.ClsactHook),
        Device = device,
        Point = LibBpf.ClsactIngress | LibBpf.ClsactEgress,
    };

    private LibBpf.ClsactHook HookOf() => new()
    {
        Size = (nuint)sizeof(LibBpf.ClsactHook),
        Device = Device,
        Point = Hook == DeviceHook.Ingress ? LibBpf.ClsactIngress : LibBpf.ClsactEgress,
    };

    private LibBpf.ClsactOptions OptionsOf() => new()
    {
        Size = (nuint)sizeof(LibBpf.ClsactOptions),
        Handle = Handle,
        Priority = Priority,
    };
}
