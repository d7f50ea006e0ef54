namespace KubeProxyNext.Model;

/// <summary>The transport protocols that a Service knows, by their IANA numbers.</summary>
public enum Protocol : byte
{
    Tcp = 6,
    Udp = 17,
    Sctp = 132,
}
