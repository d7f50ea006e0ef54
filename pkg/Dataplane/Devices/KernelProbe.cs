using KubeProxyNext.Bpf;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>What this kernel can do, asked by running it (bpf/probe.bpf.c).</summary>
internal static class KernelProbe
{
    // The kernel takes no packets that are shorter than an Ethernet header, and some no empty ones.
    private const int PacketBytes = 64;

    /// <summary>Whether checksum helpers tell IPv6 from IPv4, <c>BPF_F_IPV6</c>.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal static bool KnowsChecksumFlag()
    {
        using var probe = EmbeddedObject.Open("probe6");
        probe.Load();
        return probe.Programs.Single().Run(new byte[PacketBytes]) == 1;
    }
}
