using KubeProxyNext.Bpf;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>The packet programs (bpf/tc.bpf.c) as they are embedded in this assembly, one object for each family.</summary>
internal static class TcObject
{
    private const ulong ChecksumFlag = 1 << 7;
    private const string ConntrackLookup = "bpf_skb_ct_lookup";

    /// <summary>Opens the family's object with its capacities and settings, which are those of the socket programs and its own.</summary>
    internal static BpfObject Open(IpFamily family, int frontendBuckets, MapCapacities capacities, ulong seed, ulong hostNetnsCookie = 0, bool besideNetfilter = false)
    {
        var opened = Open(family);
        Configure(opened, frontendBuckets, capacities, seed, hostNetnsCookie);
        opened.SetConstant("avoids_tracked_ports", besideNetfilter ? (byte)1 : (byte)0);
        return opened;
    }

    /// <summary>Gives an object that has these maps their capacities, and its settings.</summary>
    internal static void Configure(BpfObject opened, int frontendBuckets, MapCapacities capacities, ulong seed, ulong hostNetnsCookie)
    {
        SockObject.Configure(opened, frontendBuckets, capacities, seed, hostNetnsCookie);
        opened.Map("flows").MaxEntries = capacities.FlowBuckets;
        opened.SetConstant("flow_buckets", (uint)capacities.FlowBuckets);
    }

    /// <summary>Opens the family's object as it was compiled.</summary>
    internal static BpfObject Open(IpFamily family) => EmbeddedObject.Open($"tc{(int)family}");

    /// <summary>Has the object loaded with the programs for devices with Ethernet headers alone, or with those for devices without.</summary>
    /// <param name="knowsChecksumFlag">See <see cref="Devices.KernelProbe.KnowsChecksumFlag"/>.</param>
    internal static void Load(BpfObject opened, bool ethernet, bool knowsChecksumFlag)
    {
        foreach (var program in opened.Programs)
        {
            program.SetLoaded(program.Name.Contains("_l3_", StringComparison.Ordinal) != ethernet);
        }

        opened.SetConstant("checksum_ipv6_flag", knowsChecksumFlag ? ChecksumFlag : 0);
        opened.SetConstant("conntrack_lookup", KernelFunctions.Exists(ConntrackLookup) ? (byte)1 : (byte)0);
        opened.Load();
    }
}
