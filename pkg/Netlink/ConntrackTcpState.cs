namespace KubeProxyNext.Netlink;

/// <summary>Some of <c>enum tcp_conntrack</c>: what a TCP connection has come to for <c>nf_conntrack</c>.</summary>
public enum ConntrackTcpState : byte
{
    SynSent = 1,
    SynReceived = 2,
    Established = 3,

    /// <summary>One side is done, and the other goes on.</summary>
    CloseWait = 5,
}
