namespace KubeProxyNext.Dataplane.Maps;

/// <summary>An entry of <c>flows</c>: the packets of one direction, and what becomes of them.</summary>
/// <param name="Check">The tag of the key, while it is the entry of that key.</param>
/// <param name="Seen">The newest packet, in ticks.</param>
/// <param name="TcpFlags">All that were shown so far.</param>
/// <param name="Masquerade">With <see cref="FlowFlags.Masqueraded"/>: the source after routing.</param>
internal readonly record struct FlowRecord<TAddress>(
    FlowKey<TAddress> Key, uint Check, uint Seen, RewriteValue<TAddress> To, FlowFlags Flags, byte TcpFlags, ulong Packets,
    TAddress Masquerade, Be16 MasqueradePort)
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    /// <summary>The key of the entry for the other direction (<c>flow_twin_key</c>).</summary>
    internal FlowKey<TAddress> Twin => new(
        To.Daddr, To.Dport, To.Saddr, To.Sport, Key.Protocol, (Flags & FlowFlags.TwinEgress) != 0 ? FlowHook.Egress : FlowHook.Ingress);

    /// <summary>
    /// The key of the entry that exchanges the source, where this one leaves that to another (<c>nat_masquerade_key</c>).
    /// </summary>
    internal FlowKey<TAddress> MasqueradeKey => new(To.Saddr, To.Sport, To.Daddr, To.Dport, Key.Protocol, FlowHook.Egress);
}
