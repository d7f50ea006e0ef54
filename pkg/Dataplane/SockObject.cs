using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>The socket programs (bpf/sock.bpf.c) as they are embedded in this assembly, one object for each family.</summary>
internal static class SockObject
{
    /// <summary>Opens the family's object with its capacities and settings.</summary>
    internal static BpfObject Open(IpFamily family, int frontendBuckets, MapCapacities capacities, ulong seed, ulong hostNetnsCookie = 0)
    {
        var opened = Open(family);
        Configure(opened, frontendBuckets, capacities, seed, hostNetnsCookie);
        return opened;
    }

    /// <summary>Gives an object that has these maps their capacities, and its settings.</summary>
    internal static void Configure(BpfObject opened, int frontendBuckets, MapCapacities capacities, ulong seed, ulong hostNetnsCookie)
    {
        var counterCpus = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)CpuCount.HighestOnline + 1);
        opened.Map("frontends").MaxEntries = frontendBuckets;
        opened.Map("sets").MaxEntries = SetId.CountFor(capacities.Frontends);
        opened.Map("cursors").MaxEntries = SetId.CountFor(capacities.Frontends);
        opened.Map("source_ranges").MaxEntries = capacities.SourceRanges;
        opened.Map("affinities").MaxEntries = capacities.Affinities;
        opened.Map("slots").MaxEntries = capacities.SlotEntries;
        opened.Map("backends").MaxEntries = capacities.SlotEntries;
        opened.Map("sockets").MaxEntries = capacities.SocketBuckets;
        opened.Map("service_counters").MaxEntries = capacities.ServiceCountersFor(counterCpus);
        opened.Map("service_traffic").MaxEntries = capacities.Frontends;
        opened.SetConstant("frontend_bucket_mask", (uint)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacities.Frontends) - 1);
        opened.SetConstant("frontend_seed", seed);
        opened.SetConstant("host_netns_cookie", hostNetnsCookie);
        opened.SetConstant("socket_bucket_mask", (uint)capacities.SocketBuckets - 1);
        opened.SetConstant("service_capacity", (uint)capacities.Frontends);
        opened.SetConstant("service_cpu_mask", (uint)counterCpus - 1);
    }

    /// <summary>Opens the family's object as it was compiled.</summary>
    internal static BpfObject Open(IpFamily family) => EmbeddedObject.Open($"sock{(int)family}");
}
