namespace KubeProxyNext.Laboratory;

/// <summary>What the server in a pod listens on, over IPv4 and IPv6. The numbers are those in <c>server.py</c>.</summary>
public static class ServerPorts
{
    /// <summary>HTTP (TCP and MPTCP): the body is the pod's name; that of <c>/client</c> has the client's address behind it, as the pod sees it.</summary>
    public const int Http = 8080;

    /// <summary>TCP and MPTCP: the pod's name comes at once, and the connection is closed.</summary>
    public const int Greeting = 9000;

    /// <summary>TCP and MPTCP: each line comes back with the pod's name before it. UDP: so does each datagram, of whatever size.</summary>
    public const int Echo = 9007;

    /// <summary>TCP and UDP: the pod's name, and the client's address and port as the server sees them.</summary>
    public const int Peer = 9008;

    /// <summary>
    /// TCP: bytes in whatever number are sent, or taken, with their digest. Clients are <c>download</c> and <c>upload</c> of <c>probe.py</c>.
    /// </summary>
    public const int Bulk = 9009;

    /// <summary>DNS over UDP: every A query is answered with the pod's IPv4 address, every AAAA query with its IPv6 address.</summary>
    public const int Dns = 5353;

    /// <summary>The first of <see cref="ManyCount"/> ports that greet as <see cref="Greeting"/> does, with the port's number behind the name.</summary>
    public const int ManyFirst = 20000;

    /// <summary>How many ports there are from <see cref="ManyFirst"/> on.</summary>
    public const int ManyCount = 50;
}
