using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Dataplane.Flows;

namespace KubeProxyNext.Dataplane;

/// <summary>What serves packets, beside the writer.</summary>
public sealed partial class Dataplane
{
    /// <summary>
    /// Serves clients from outside and other packets at these devices of the calling thread's network namespace, and at no others: for
    /// after <see cref="Attach"/>. Any thread may call.
    /// </summary>
    /// <returns>Those that could not be served, or left, once for each family; all others are.</returns>
    public IReadOnlyList<DeviceFailure> ServeDevices(IReadOnlyList<DevicePlan> devices) =>
        [.. _families.SelectMany(family => family.Devices?.Serve(devices) ?? [])];

    /// <summary>Tells the packet programs what they go by. Any thread may call.</summary>
    public void ConfigurePackets(PacketConfig config) => Array.ForEach(_families, family => family.Devices?.Configure(config));

    /// <summary>Has packets find their way anew: routes, links or neighbours changed. Any thread may call.</summary>
    public void ForgetNextHops() => Array.ForEach(_families, family => family.Devices?.ForgetNextHops());

    /// <summary>
    /// What ends flows: to be run beside the writer, and to have ended before this is disposed of. Null where no device is to be served.
    /// </summary>
    public FlowSweeper? CreateFlowSweeper(FlowTimeouts timeouts, TimeProvider time)
    {
        if (_families.All(family => family.Devices is null))
        {
            return null;
        }

        var sweeper = new FlowSweeper(() => OpenSweeps(timeouts), time, _logger);
        Array.ForEach(_families, family => family.OnStaleFlows = sweeper.Request);
        return sweeper;
    }

    /// <summary>Puts right what somebody else has changed of what serves packets. Any thread may call.</summary>
    /// <param name="there">The indices of devices that there are.</param>
    /// <returns>What was not as it had been left; devices among it are served anew by the next <see cref="ServeDevices"/>. Nothing where another process
    /// has the place by now.</returns>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public IReadOnlyList<Drift> AuditDevices(IReadOnlySet<int> there) =>
        _owner.Keep() ? [.. _families.SelectMany(family => family.Devices?.Audit(there) ?? [])] : [];

    private List<IFlowSweep> OpenSweeps(FlowTimeouts timeouts)
    {
        var sweeps = new List<IFlowSweep>();
        try
        {
            sweeps.AddRange(_families.Select(family => family.OpenFlowSweep(timeouts)).OfType<IFlowSweep>());
            return sweeps;
        }
        catch (BpfException)
        {
            sweeps.ForEach(sweep => sweep.Dispose());
            throw;
        }
    }
}
