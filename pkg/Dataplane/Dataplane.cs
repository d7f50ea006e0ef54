using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Dataplane;

/// <summary>A Service whose plan could not be put in force in a family, and why; what was in force for it before still is.</summary>
public sealed record ApplyFailure(ServicePlan Plan, IpFamily Family, Exception Error);

/// <summary>
/// The maps and programs in the kernel. They are pinned: they stay at work when this object, or the process, is gone.
/// One thread at a time.
/// </summary>
public sealed partial class Dataplane : IDisposable
{
    private readonly IFamilyDataplane[] _families;
    private readonly PinOwner _owner;
    private readonly PinOwner? _alone;
    private CgroupHandle _cgroup;
    private readonly ILogger _logger;
    private readonly PodDeviceNeeds _podDevices = new();
    private RingBufferReader? _events;

    private Dataplane(IFamilyDataplane[] families, CgroupHandle cgroup, PinOwner owner, PinOwner? alone, MapCapacities capacities, ILogger logger) =>
        (_families, _cgroup, _owner, _alone, Capacities, _logger) = (families, cgroup, owner, alone, capacities, logger);

    /// <summary>How large the maps are.</summary>
    public MapCapacities Capacities { get; }

    /// <summary>
    /// Completes when it is worth to call <see cref="Collect"/>: a grace period is over that something waits for. Null where nothing does.
    /// </summary>
    public Task? GracePeriod
    {
        get
        {
            Task[] waiting = [.. _families.Select(family => family.GracePeriod).OfType<Task>()];
            return waiting.Length > 0 ? Task.WhenAny(waiting) : null;
        }
    }

    /// <summary>
    /// Completes with the first Service that needs programs at devices which pods are behind; see <see cref="ServeDevices"/>.
    /// </summary>
    public Task PodDevicesNeeded => _podDevices.First;

    /// <summary>How many frontends are in force.</summary>
    public int FrontendCount => _families.Sum(family => family.FrontendCount);

    /// <summary>Detaches the programs and removes everything of ours that is pinned. False when there was nothing.</summary>
    /// <exception cref="BpfException">The folder is not in a bpffs, or a daemon works there.</exception>
    public static bool Cleanup(string bpffs) => PinFolder.RemoveAll(bpffs);

    /// <summary>
    /// As the other, for when rules of netfilter serve from now on: before the programs go, <c>nf_conntrack</c> of the calling thread's network
    /// namespace, in which the devices are, gets the connections that they translate.
    /// </summary>
    /// <param name="handedOver">What became of those.</param>
    /// <exception cref="BpfException">The folder is not in a bpffs, or a daemon works there.</exception>
    public static bool Cleanup(string bpffs, out HandOver handedOver)
    {
        var result = HandOver.Nothing;
        using var strict = new StrictTracking();
        var found = PinFolder.RemoveAll(bpffs, () => result = FlowHandOver.Run(bpffs));
        handedOver = result;
        return found;
    }

    /// <summary>The families that are served, in the order in which plans are applied.</summary>
    public ValueArray<IpFamily> Families => [.. _families.Select(family => family.Family)];

    /// <summary>Puts the plans in force in all families, each by itself. Returns those that could not be.</summary>
    public IReadOnlyList<ApplyFailure> Apply(IReadOnlyList<ServicePlan> plans) =>
        [.. _families.SelectMany(family => Apply(plans, family.Family))];

    /// <summary>Puts the plans in force in one family, each by itself. Returns those that could not be.</summary>
    public IReadOnlyList<ApplyFailure> Apply(IReadOnlyList<ServicePlan> plans, IpFamily family)
    {
        var failures = new List<ApplyFailure>();
        var target = Array.Find(_families, candidate => candidate.Family == family)
            ?? throw new ArgumentException($"{family} is not served", nameof(family));
        foreach (var plan in plans)
        {
            _podDevices.Take(plan);
            try
            {
                target.Apply(plan);
            }
            catch (Exception error) when (error is MapFullException or BpfException)
            {
                failures.Add(new(plan, family, error));
            }
        }

        target.Collect();
        return failures;
    }

    /// <summary>
    /// Removes what an earlier process left in the maps and none of the plans applied so far has claimed: for when everything
    /// that exists has been applied once.
    /// </summary>
    public void RemoveUnclaimed() => Array.ForEach(_families, family => family.RemoveUnclaimed());

    /// <summary>
    /// Lets go what has waited for a grace period, and begins to destroy the sockets of backends that are gone. Applying plans does
    /// so, too: this is for when nothing changes.
    /// </summary>
    public void Collect() => Array.ForEach(_families, family => family.Collect());

    /// <summary>Gives the memory of mapped maps back; what is touched again is mapped again. For after the first of all plans.</summary>
    public void Unmap() => Array.ForEach(_families, family => family.Unmap());

    /// <summary>Has everything refused in these networks, of both families, that no Service has. Any thread may call.</summary>
    public void SetServiceNetworks(IEnumerable<IpNetwork> networks)
    {
        IpNetwork[] all = [.. networks];
        IpNetwork[] omitted = [.. _families.SelectMany(family => family.SetServiceNetworks(all))];
        if (omitted.Length > 0)
        {
            _logger.ServiceNetworksOmitted(string.Join(", ", omitted), SettingsValue<Address4>.NetworkCapacity);
        }
    }

    /// <summary>Has these addresses of the node, and only these, accept NodePorts. Any thread may call.</summary>
    /// <param name="addresses">Of the family, none of them loopback; where there are more than 4096 the first ones are taken.</param>
    /// <param name="loopback">Whether loopback addresses accept them, too, for clients in the host's network namespace.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void SetNodeAddresses(IpFamily family, IEnumerable<IpAddress> addresses, bool loopback)
    {
        if (Array.Find(_families, candidate => candidate.Family == family)?.SetNodeAddresses(addresses, loopback) is > 0 and var omitted)
        {
            _logger.NodeAddressesOmitted(omitted, NodeAddresses<Address4>.Capacity);
        }
    }

    /// <summary>Puts the programs to work, or replaces those at work in one step each.</summary>
    /// <param name="bindProtection">Whether processes are kept from binding ports that are NodePorts on this node.</param>
    /// <param name="onBindRefused">Hears of each such process, on a thread of its own; it must not throw.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void Attach(bool bindProtection = true, Action<BindRefusal>? onBindRefused = null)
    {
        Array.ForEach(_families, family => family.Attach(_cgroup, bindProtection));
        if (bindProtection && onBindRefused is not null && _families.Length > 0)
        {
            _events ??= new(_families.Select(family =>
                (family.Events, (Action<byte[]>)(record => onBindRefused(family.ReadBindEvent(record))))));
        }
    }

    /// <summary>
    /// Puts right what somebody else has changed: pins, links, and what the controller writes into maps. For after <see cref="Attach"/>.
    /// </summary>
    /// <returns>What was not as it had been left; nothing where another process has the place by now.</returns>
    public AuditReport Audit()
    {
        var report = new AuditReport();
        if (!_owner.Keep())
        {
            return report;
        }

        report.Take(OpenCgroupAnew);
        Array.ForEach(_families, family => family.Audit(_cgroup, report));
        return report;
    }

    // Where the folder has been made anew, the former cgroup is nobody's.
    private IEnumerable<Drift> OpenCgroupAnew()
    {
        var there = CgroupHandle.Open(_cgroup.Path);
        if (there.Id == _cgroup.Id)
        {
            there.Dispose();
            return [];
        }

        _cgroup.Dispose();
        _cgroup = there;
        return [];
    }

    /// <summary>
    /// Ends the time in which former programs may be at work: for after <see cref="Attach"/>, and <see cref="ServeDevices"/> where devices are
    /// served. What those have written since is carried over, and their maps are removed.
    /// </summary>
    public void RemoveFormer()
    {
        foreach (var family in _families)
        {
            try
            {
                family.RemoveFormer();
            }
            catch (BpfException error)
            {
                _logger.NotCarriedOver(family.Family, error.Message);
            }
        }
    }

    public void Dispose()
    {
        _events?.Dispose();
        Array.ForEach(_families, family => family.Dispose());
        _cgroup.Dispose();
        _alone?.Dispose();
    }
}
