namespace KubeProxyNext.Model;

/// <summary>Address, port and protocol that clients dial.</summary>
public readonly record struct FrontendAddress(IpAddress Ip, ushort Port, Protocol Protocol)
{
    public IpFamily Family => Ip.Family;

    public override string ToString() =>
        Family == IpFamily.IPv4 ? $"{Ip}:{Port}/{Name}" : $"[{Ip}]:{Port}/{Name}";

    private string Name => Protocol switch
    {
        Protocol.Tcp => "TCP",
        Protocol.Udp => "UDP",
        Protocol.Sctp => "SCTP",
        _ => ((byte)Protocol).ToString(),
    };
}
