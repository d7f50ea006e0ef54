using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeProxyNext.Dataplane;

/// <summary>How maps and programs are loaded.</summary>
public sealed partial class Dataplane
{
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
    /// <param name="owner">Keeps others from working on the same pins; null to do so for as long as this lives.</param>
    /// <exception cref="BpfException">The kernel refused, or another process works on the same pins.</exception>
    /// <exception cref="NetlinkException">The kernel does not tell the cookie of this process' network namespace.</exception>
    public static Dataplane Load(
        string bpffs, string cgroup, IEnumerable<IpFamily> families, MapCapacities capacities, ulong? hostNetnsCookie = null,
        ILogger? logger = null, DeviceAttach? devices = null, bool besideNetfilter = false, PinOwner? owner = null)
    {
        logger ??= NullLogger.Instance;
        var cookie = hostNetnsCookie ?? NetnsCookie.Current();
        var handle = CgroupHandle.Open(cgroup);
        FileSystem.CreatePinFolder(bpffs);
        var alone = owner is null ? PinOwner.Take(bpffs) : null;
        owner ??= alone!;
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
            return new(LoadWith(capacities), handle, owner, alone, capacities, logger);
        }
        catch (MapFullException full) when (MapCapacities.InForce(bpffs) is { } inForce && inForce.AtLeast(capacities) != capacities)
        {
            logger.NotMadeSmaller(full.Message);
            var larger = capacities.AtLeast(inForce);
            return new(LoadWith(larger), handle, owner, alone, larger, logger);
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
