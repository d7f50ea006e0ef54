using System.Net;

namespace KubeProxyNext.Netlink;

/// <summary>A connection that netfilter is to translate.</summary>
/// <param name="Original">The packets of its client.</param>
/// <param name="Source">What they get as their source.</param>
/// <param name="Destination">What they get as their destination.</param>
/// <param name="Timeout">How long it lives without a packet; each one begins that anew, by the kernel's own settings.</param>
public sealed record TranslatedConnection(ConntrackTuple Original, IPEndPoint Source, IPEndPoint Destination, TimeSpan Timeout)
{
    /// <summary>Whether both sides have been heard.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>Whether it is to stay where the kernel looks for some to give up.</summary>
    public bool IsAssured { get; init; }

    /// <summary>Of a TCP connection, else null.</summary>
    public ConntrackTcpState? TcpState { get; init; }
}
