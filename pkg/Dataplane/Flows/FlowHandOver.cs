using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Dataplane.Flows;

/// <summary>Hands the connections of both families over to <c>nf_conntrack</c>.</summary>
internal static class FlowHandOver
{
    /// <summary>In the network namespace of the calling thread, which is that of the devices.</summary>
    internal static HandOver Run(string bpffs)
    {
        var result = HandOver.Nothing;
        try
        {
            using var conntrack = new ConntrackTable();
            Array.ForEach([.. FoldersOf(bpffs, IpFamily.IPv4)], maps => result = new FamilyHandOver<FlowEntry4, Address4>(maps, conntrack).Run(result));
            Array.ForEach([.. FoldersOf(bpffs, IpFamily.IPv6)], maps => result = new FamilyHandOver<FlowEntry6, Address6>(maps, conntrack).Run(result));
            return result;
        }
        catch (Exception error) when (error is BpfException or NetlinkException)
        {
            return result with { Problem = error.Message };
        }
    }

    // There are two while a build or an option of another layout is on its way in.
    private static IEnumerable<string> FoldersOf(string bpffs, IpFamily family) =>
        PinFolder.MapFoldersOf(bpffs, family).Where(maps => File.Exists(Path.Combine(maps, "flows")));
}
