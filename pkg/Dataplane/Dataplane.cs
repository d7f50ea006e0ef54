using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeProxyNext.Dataplane;

/// <summary>A Service whose plan could not be put in force in a family, and why; what was in force for it before still is.</summary>
public sealed record ApplyFailure(ServicePlan Plan, IpFamily Family, Exception Error);

/// <summary>
/// The maps and programs in the kernel. They are pinned: they stay at work when this object, or the process, is gone.
/// One thread at a time.
/// </summary>
public sealed class Dataplane : IDisposable
{
    private readonly IFamilyDataplane[] _families;
    private readonly CgroupHandle _cgroup;
    private readonly FolderLock? _alone;
    private readonly ILogger _logger;
    private readonly PodDeviceNeeds _podDevices = new();
    private RingBufferReader? _events;

    private Dataplane(IFamilyDataplane[] families, CgroupHandle cgroup, FolderLock? alone, MapCapacities capacities, ILogger logger) =>
        (_families, _cgroup, _alone, Capacities, _logger) = (families, cgroup, alone, capacities, logger);

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

    /// <summary>
    /// Loads maps and programs for the families of this node. Maps that are pinned already are taken over with what they hold;
    /// nothing is attached or replaced before <see cref="Attach"/>.
    /// </summary>
    /// <param name="bpffs">A folder in a bpffs; it is made where it is missing.</param>
    /// <param name="cgroup">The cgroup2 directory whose processes are served.</param>
    /// <param name="hostNetnsCookie">
    /// Cookie of the network namespace that the node's own addresses are in; null for that of this process.
    /// </param>
    /// <param name="devices">How the devices of <see cref="ServeDevices"/> are served; null where none is to be.</param>
    /// <param name="besideNetfilter">
    /// Whether rules of netfilter served the same clients until now: no connection gets a source port that one of theirs has.
    /// </param>
    /// <param name="held">Keeps others from working on the same pins; null to do so for as long as this lives.</param>
    /// <exception cref="BpfException">The kernel refused, or another process works on the same pins.</exception>
    /// <exception cref="NetlinkException">The kernel does not tell the cookie of this process' network namespace.</exception>
    public static Dataplane Load(
        string bpffs, string cgroup, IEnumerable<IpFamily> families, MapCapacities capacities, ulong? hostNetnsCookie = null,
        ILogger? logger = null, DeviceAttach? devices = null, bool besideNetfilter = false, FolderLock? held = null)
    {
        logger ??= NullLogger.Instance;
        var cookie = hostNetnsCookie ?? NetnsCookie.Current();
        var handle = CgroupHandle.Open(cgroup);
        FileSystem.CreatePinFolder(bpffs);
        var alone = held is null ? FolderLock.Take(bpffs) : null;
        var used = families.ToHashSet();
        foreach (var unused in Enum.GetValues<IpFamily>().Where(family => !used.Contains(family)))
        {
            PinFolder.RemoveFamily(bpffs, unused);
        }

        capacities = capacities.WithRoomForFlowsOf(bpffs);
        IFamilyDataplane[] LoadWith(MapCapacities sizes) =>
            LoadSideBySide(used, family => Load(family, bpffs, sizes, cookie, logger, devices, besideNetfilter));
        try
        {
            return new(LoadWith(capacities), handle, alone, capacities, logger);
        }
        catch (MapFullException full) when (MapCapacities.InForce(bpffs) is { } inForce && inForce.AtLeast(capacities) != capacities)
        {
            logger.NotMadeSmaller(full.Message);
            var larger = capacities.AtLeast(inForce);
            return new(LoadWith(larger), handle, alone, larger, logger);
        }
    }

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
    /// <returns>What was not as it had been left.</returns>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public IReadOnlyList<Drift> Audit() => [.. _families.SelectMany(family => family.Audit(_cgroup))];

    /// <summary>The same for what serves packets. Any thread may call.</summary>
    /// <param name="there">The indices of devices that there are.</param>
    /// <returns>What was not as it had been left; devices among it are served anew by the next <see cref="ServeDevices"/>.</returns>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public IReadOnlyList<Drift> AuditDevices(IReadOnlySet<int> there) => [.. _families.SelectMany(family => family.Devices?.Audit(there) ?? [])];

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

    /// <summary>How many service ports of a family are in force. Any thread may call.</summary>
    internal int CountServicePorts(IpFamily family) => _families.First(one => one.Family == family).ServicePortCount;

    /// <summary>What programs have counted for service ports, those with the lowest ids. Any thread may call.</summary>
    internal IReadOnlyList<ServicePortUse> ReadServicePorts(IpFamily family, int most) =>
        _families.First(one => one.Family == family).ReadServicePorts(most);

    /// <summary>How full the maps are that the controller writes. Any thread may call.</summary>
    internal IEnumerable<MapUse> ReadMaps() => _families.SelectMany(family => family.ReadMaps());

    /// <summary>How full those of a family would be with plans that could not be put in force. Any thread may call.</summary>
    internal IEnumerable<MapUse> UseWith(IpFamily family, IReadOnlyCollection<ApplyFailure> refused)
    {
        var use = ReadMaps().Where(map => map.Family == family).ToDictionary(map => map.Map);
        var ports = refused.SelectMany(failure => failure.Plan.Ports.Where(port => port.Family == family)).ToList();
        yield return use["frontends"] with { Entries = use["frontends"].Entries + ports.Sum(port => port.Frontends.Count) };
        yield return use["service_counters"] with { Entries = use["service_counters"].Entries + ports.Count };
        yield return use["slots"] with { Entries = use["slots"].Entries + ports.Sum(port => port.Sets.Sum(set => set.SlotCount)) };
        yield return use["backends"] with { Entries = use["backends"].Entries + ports.Sum(port => port.Sets.Sum(set => set.Backends.Count)) };
        foreach (var map in refused.Select(failure => failure.Error).OfType<MapFullException>().Select(full => full.Map).Distinct())
        {
            yield return new(family, map, 1, 1);
        }
    }

    /// <summary>How full those are that have to be gone through for that: milliseconds. Any thread may call.</summary>
    /// <exception cref="BpfException">The kernel refused, or cannot read many entries at once.</exception>
    internal IEnumerable<MapUse> CountMaps() => _families.SelectMany(family => family.CountMaps());

    /// <summary>What the kernel counted for the loaded programs. Any thread may call.</summary>
    internal IEnumerable<ProgramUse> ReadPrograms() => _families.SelectMany(family => family.ReadPrograms());

    public void Dispose()
    {
        _events?.Dispose();
        Array.ForEach(_families, family => family.Dispose());
        _cgroup.Dispose();
        _alone?.Dispose();
    }

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

    // Most of a load is libbpf reading the kernel's types and the verifier at work: each family can have a CPU for that.
    private static IFamilyDataplane[] LoadSideBySide(IEnumerable<IpFamily> families, Func<IpFamily, IFamilyDataplane> load)
    {
        var loads = families.Select(family => Task.Run(() => load(family))).ToArray();
        try
        {
            return Task.WhenAll(loads).GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is BpfException or MapFullException)
        {
            foreach (var loaded in loads.Where(task => task.IsCompletedSuccessfully))
            {
                loaded.Result.Dispose();
            }

            throw;
        }
    }

    private static IFamilyDataplane Load(
        IpFamily family, string bpffs, MapCapacities capacities, ulong hostNetnsCookie, ILogger logger, DeviceAttach? devices,
        bool besideNetfilter) =>
        family == IpFamily.IPv4
            ? new FamilyDataplane<FrontendBucket4, Address4>(bpffs, capacities, hostNetnsCookie, logger, devices, besideNetfilter)
            : new FamilyDataplane<FrontendBucket6, Address6>(bpffs, capacities, hostNetnsCookie, logger, devices, besideNetfilter);
}
