using System.Net;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Dataplane.Flows;

/// <summary>A connection that the packet programs translate, by its entries in <c>flows</c>.</summary>
/// <param name="client">For packets of the client where they come in.</param>
/// <param name="find">Finds others.</param>
internal sealed class FlowConnection<TAddress>(FlowRecord<TAddress> client, Func<FlowKey<TAddress>, FlowRecord<TAddress>?> find)
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private readonly FlowRecord<TAddress>? _backend = find(client.Twin);

    private readonly (TAddress Addr, Be16 Port) _source = (client.Flags & FlowFlags.Masqueraded) == 0
        ? (client.To.Saddr, client.To.Sport)
        : find(client.MasqueradeKey) is { } masquerade
            ? (masquerade.To.Saddr, masquerade.To.Sport)
            : (client.Masquerade, client.MasqueradePort);

    /// <summary>
    /// The entries by which the programs take its packets before netfilter does: for answers, and then for the client's. Those at egress stay:
    /// netfilter's packets are no such, but an answer to one that the programs took just before is.
    /// </summary>
    internal IEnumerable<FlowKey<TAddress>> Keys =>
    [
        new(client.To.Daddr, client.To.Dport, _source.Addr, _source.Port, client.Key.Protocol, FlowHook.Ingress),
        client.Key,
    ];

    /// <summary>
    /// As what netfilter may know the connection so far, so that it cannot know it anew: the programs exchange the destination before it sees a
    /// packet.
    /// </summary>
    internal IReadOnlyList<ConntrackTuple> Known => (client.Flags & (FlowFlags.Redirect | FlowFlags.Masqueraded)) != 0 ? [Original] : [Original, Reached];

    /// <summary>
    /// As what else it knows the connection, where the source is exchanged after it: for packets that are on their way, and for nothing after
    /// those. Null for UDP, which is forgotten soon.
    /// </summary>
    internal ConntrackTuple? Former =>
        (client.Flags & FlowFlags.Masqueraded) != 0 && client.Key.Protocol == (byte)Protocol.Tcp ? Reached : null;

    private ConntrackTuple Reached => new(Endpoint(client.To.Saddr, client.To.Sport), Destination, client.Key.Protocol);

    private ConntrackTuple Original => new(Endpoint(client.Key.Saddr, client.Key.Sport), Endpoint(client.Key.Daddr, client.Key.Dport), client.Key.Protocol);

    private IPEndPoint Destination => Endpoint(client.To.Daddr, client.To.Dport);

    /// <summary>As netfilter is to know it; null where it is over.</summary>
    /// <param name="now">In ticks.</param>
    internal TranslatedConnection? Translated(FlowTimeouts timeouts, uint now)
    {
        var state = FlowProgress.Of(client, _backend);
        var left = timeouts.Of(state) - FlowClock.Between(client.Seen, now);
        if (_backend is { } backend && timeouts.Of(state) - FlowClock.Between(backend.Seen, now) is var answered && answered > left)
        {
            left = answered;
        }

        return left <= TimeSpan.Zero || state is FlowState.TimeWait or FlowState.Closed
            ? null
            : new(Original, Endpoint(_source.Addr, _source.Port), Destination, left)
            {
                IsAnswered = state is not FlowState.SynSent && (state is not FlowState.Udp || _backend is { Packets: > 0 }),
                IsAssured = state is FlowState.Established or FlowState.Unanswered or FlowState.CloseWait or FlowState.UdpStream,
                TcpState = TcpStateOf(state),
            };
    }

    private static ConntrackTcpState? TcpStateOf(FlowState state) => state switch
    {
        FlowState.SynSent => ConntrackTcpState.SynSent,
        FlowState.SynRecv => ConntrackTcpState.SynReceived,
        FlowState.Established or FlowState.Unanswered => ConntrackTcpState.Established,
        FlowState.CloseWait => ConntrackTcpState.CloseWait,
        _ => null,
    };

    private static IPEndPoint Endpoint(TAddress address, Be16 port) => new(address.ToIpAddress().ToIPAddress(), port.Value);
}
