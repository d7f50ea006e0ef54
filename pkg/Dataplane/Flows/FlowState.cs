namespace KubeProxyNext.Dataplane.Flows;

/// <summary><c>enum flow_state</c> in bpf/lib/packet_types.h: what a connection has come to.</summary>
internal enum FlowState
{
    SynSent,
    SynRecv,
    Established,

    /// <summary>Taken up in its middle, and the other side has not been heard yet.</summary>
    Unanswered,

    /// <summary>One side is done, and the other has not been heard since.</summary>
    FinWait,

    /// <summary>One side is done, and the other goes on.</summary>
    CloseWait,
    TimeWait,
    Closed,
    Udp,

    /// <summary>More than a question and an answer.</summary>
    UdpStream,
    SctpOpening,
    SctpEstablished,
    SctpClosing,
    SctpClosed,
}
