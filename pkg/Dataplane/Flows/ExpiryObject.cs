using KubeProxyNext.Bpf;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Flows;

/// <summary>The program that ends flows (bpf/expiry.bpf.c) as it is embedded in this assembly, one object for each family.</summary>
internal static class ExpiryObject
{
    /// <summary>What a sweep has counted so far: the one map that is not shared, nor pinned.</summary>
    internal const string Census = "flow_census";

    /// <summary>Opens the family's object with its capacities and settings, which are those of the packet programs and its own.</summary>
    internal static BpfObject Open(IpFamily family, int frontendBuckets, MapCapacities capacities, FlowTimeouts timeouts, ulong seed)
    {
        var opened = Open(family);
        TcObject.Configure(opened, frontendBuckets, capacities, seed, hostNetnsCookie: 0);
        opened.Map(Census).MaxEntries = capacities.SlotEntries;
        opened.SetConstant("flow_timeouts", timeouts.ToTicks(Jiffies.Length));
        return opened;
    }

    /// <summary>Opens the family's object as it was compiled.</summary>
    internal static BpfObject Open(IpFamily family) => EmbeddedObject.Open($"expiry{(int)family}");
}
