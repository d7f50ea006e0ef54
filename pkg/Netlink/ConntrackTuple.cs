using System.Net;

namespace KubeProxyNext.Netlink;

/// <summary>Packets of one direction as <c>nf_conntrack</c> knows them.</summary>
/// <param name="Protocol">That has ports: TCP, UDP.</param>
public sealed record ConntrackTuple(IPEndPoint Source, IPEndPoint Destination, byte Protocol)
{
    /// <summary>The other direction, where nothing is translated.</summary>
    public ConntrackTuple Inverse => new(Destination, Source, Protocol);
}
