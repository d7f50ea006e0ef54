using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Dataplane.Flows;

/// <summary>
/// Has <c>nf_conntrack</c> translate the connections of one family that the packet programs translate, while those are at work: for when they
/// are about to go, and rules of netfilter serve in their place.
/// </summary>
/// <param name="maps">Where the family's maps are pinned.</param>
/// <param name="conntrack">Of the network namespace that the devices are in.</param>
internal sealed class FamilyHandOver<TEntry, TAddress>(string maps, ConntrackTable conntrack)
    where TEntry : unmanaged, IFlowEntry<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private readonly uint _now = FlowClock.Now;
    private readonly List<ConntrackTuple> _former = [];

    /// <param name="before">What became of others.</param>
    /// <exception cref="BpfException">A map may not be read.</exception>
    internal HandOver Run(HandOver before)
    {
        StopBeginning();
        using var map = PinnedMap.Open(Path.Combine(maps, "flows"));
        using var table = new FlowTable<TEntry, TAddress>(map);
        var flows = table.Read();
        var result = flows.Values.Where(found => IsOfClient(found.Flow)).Aggregate(before, (result, found) => Take(table, flows, found.Flow, result));
        _former.ForEach(conntrack.Forget);
        return result;
    }

    // Whoever comes now is not for the programs any more, and what has no entry is not refused: the stack has rules for it.
    private void StopBeginning()
    {
        using var map = PinnedMap.Open(Path.Combine(maps, "devices"));
        var devices = new BpfMap<uint, DeviceValue<TAddress>>(map);
        foreach (var index in devices.Keys())
        {
            if (devices.TryGet(index, out var device))
            {
                devices.TrySet(index, new(device.Flags & ~DeviceFlags.Served, device.Addr));
            }
        }

        using var grace = new GracePeriod();
        grace.Wait();
    }

    // What the node itself sends is its sockets', which know their backend; and of SCTP netfilter would have to know more than is known here.
    private static bool IsOfClient(FlowRecord<TAddress> flow) =>
        flow.Key is { Hook: FlowHook.Ingress, Protocol: (byte)Protocol.Tcp or (byte)Protocol.Udp }
        && (flow.Flags & (FlowFlags.Reply | FlowFlags.Masquerade)) == 0;

    private HandOver Take(
        FlowTable<TEntry, TAddress> table, IReadOnlyDictionary<FlowKey<TAddress>, FoundFlow<TAddress>> flows, FlowRecord<TAddress> client,
        HandOver result)
    {
        var connection = new FlowConnection<TAddress>(client, key => flows.TryGetValue(key, out var found) ? found.Flow : null);
        if (connection.Translated(FlowTimeouts.Default, _now) is not { } translated)
        {
            return result;
        }

        try
        {
            conntrack.Take(translated, connection.Known);
        }
        catch (NetlinkException error)
        {
            return result.PlusLost(error.Message);
        }

        // Until then its packets are to netfilter what the programs make of them, and belong to no connection.
        foreach (var key in connection.Keys)
        {
            if (flows.TryGetValue(key, out var entry))
            {
                table.Remove(entry);
            }
        }

        if (connection.Former is { } former)
        {
            _former.Add(former);
        }

        return result.PlusTaken();
    }
}
