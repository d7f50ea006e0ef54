using KubeProxyNext.Netlink;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>From which ports clients come that the node's address stands in for. Pure.</summary>
public static class SnatPorts
{
    private static readonly PortRange Unprivileged = new(1024, ushort.MaxValue);

    // Of kube-apiserver, which tells nobody whether it was given another (--service-node-port-range).
    private static readonly PortRange NodePorts = new(30_000, 32_767);

    /// <summary>The longest range in which neither the kernel takes ports for the node's own sockets, nor NodePorts are.</summary>
    /// <returns>Null where there is none.</returns>
    public static PortRange? Choose(PortRange ephemeral)
    {
        var free = Without([Unprivileged], NodePorts);
        return Without(free, ephemeral).OrderByDescending(range => range.Last - range.First).Select(range => (PortRange?)range).FirstOrDefault();
    }

    private static IEnumerable<PortRange> Without(IEnumerable<PortRange> ranges, PortRange taken) => ranges.SelectMany(range => Without(range, taken));

    private static IEnumerable<PortRange> Without(PortRange range, PortRange taken)
    {
        if (taken.First > range.Last || taken.Last < range.First)
        {
            yield return range;
            yield break;
        }

        if (taken.First > range.First)
        {
            yield return range with { Last = (ushort)(taken.First - 1) };
        }

        if (taken.Last < range.Last)
        {
            yield return range with { First = (ushort)(taken.Last + 1) };
        }
    }
}
