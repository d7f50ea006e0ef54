using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Flows;

/// <summary>What a connection has come to by what both directions have shown: <c>expiry_state</c> in bpf/lib/expiry.h, as far as TCP and UDP go.</summary>
internal static class FlowProgress
{
    private const int Fin = 1 << 0;
    private const int Syn = 1 << 1;
    private const int Reset = 1 << 2;
    private const int Ack = 1 << 4;

    /// <param name="backend">Null where that entry has given way: then it is taken for what the client's acknowledges.</param>
    internal static FlowState Of<TAddress>(FlowRecord<TAddress> client, FlowRecord<TAddress>? backend)
        where TAddress : unmanaged, IMapAddress<TAddress> => client.Key.Protocol == (byte)Protocol.Tcp
            ? OfTcp(client.TcpFlags, backend?.TcpFlags ?? client.TcpFlags & Ack)
            : backend is { Packets: > 0 } && client.Packets + backend.Value.Packets > 2 ? FlowState.UdpStream : FlowState.Udp;

    private static FlowState OfTcp(int client, int backend)
    {
        if (((client | backend) & Reset) != 0)
        {
            return FlowState.Closed;
        }

        if (((client | backend) & Fin) != 0)
        {
            return (client & backend & Fin) != 0 ? FlowState.TimeWait : FlowState.CloseWait;
        }

        return (client & (Syn | Ack)) == Syn
            ? backend == 0 ? FlowState.SynSent : FlowState.SynRecv
            : backend == 0 ? FlowState.Unanswered : FlowState.Established;
    }
}
