using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Dataplane.Succession;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// What a start asks of the kernel, tried while another process is at work: programs are verified on small maps of their own, which go at once.
/// Nothing is pinned, and nothing attached.
/// </summary>
public static class Rehearsal
{
    private static readonly MapCapacities Small = new(Frontends: 256, Slots: 1024, Sockets: 256, SourceRanges: 256, Affinities: 256, Flows: 1024);

    /// <param name="cgroup">The cgroup2 directory whose processes are to be served.</param>
    /// <param name="servesDevices">Whether devices are to be served.</param>
    /// <exception cref="BpfException">The kernel refused, or there is no such cgroup.</exception>
    public static void Run(string cgroup, IEnumerable<IpFamily> families, bool servesDevices)
    {
        CgroupHandle.Open(cgroup).Dispose();
        new GracePeriod().Dispose();
        foreach (var family in families)
        {
            Load(SockObject.Open(family), SockObject.Configure);
            Load(CarryObject.Open(family), SockObject.Configure);
            if (servesDevices)
            {
                LoadPackets(family);
            }
        }
    }

    private static void LoadPackets(IpFamily family)
    {
        using var packets = TcObject.Open(family);
        Configure(packets, TcObject.Configure);
        TcObject.Load(packets, ethernet: true, family == IpFamily.IPv6 && KernelProbe.KnowsChecksumFlag());
        Load(CarryObject.OpenFlows(family), TcObject.Configure);
        Load(ExpiryObject.Open(family), TcObject.Configure);
    }

    private static void Load(BpfObject opened, ConfigureObject configure)
    {
        using (opened)
        {
            Configure(opened, configure);
            opened.Load();
        }
    }

    private static void Configure(BpfObject opened, ConfigureObject configure) =>
        configure(opened, FrontendTable<FrontendBucket4, Address4>.MapEntries(Small.Frontends), Small, seed: 0, hostNetnsCookie: 0);

    private delegate void ConfigureObject(BpfObject opened, int frontendBuckets, MapCapacities capacities, ulong seed, ulong hostNetnsCookie);
}
