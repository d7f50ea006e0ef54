using System.Net;
using System.Net.Sockets;

namespace KubeProxyNext.Config;

/// <summary>Addresses that servers listen at, as kube-proxy takes them: with or without a port, IPv6 in brackets or without.</summary>
public static class BindAddresses
{
    /// <param name="port">Where there is none.</param>
    public static bool TryParse(string text, int port, out IPEndPoint address)
    {
        address = new(IPAddress.Any, port);
        if (TryParseIp(text, out var ip) || (IsBracketed(text) && TryParseIp(text[1..^1], out ip)))
        {
            address = new(ip, port);
            return true;
        }

        if (text.LastIndexOf(':') is var colon and > 0 && ushort.TryParse(text[(colon + 1)..], out var given) && given > 0 && TryParseHost(text[..colon], out ip))
        {
            address = new(ip, given);
            return true;
        }

        return false;
    }

    private static bool TryParseHost(string host, out IPAddress ip) =>
        TryParseIp(IsBracketed(host) ? host[1..^1] : host, out ip) && IsBracketed(host) == (ip.AddressFamily == AddressFamily.InterNetworkV6);

    private static bool IsBracketed(string text) => text.StartsWith('[') && text.EndsWith(']');

    // .NET takes "1" and "10.1", and ports behind brackets, too.
    private static bool TryParseIp(string text, out IPAddress ip)
    {
        ip = IPAddress.None;
        if (!Model.IpAddress.TryParse(text, out var parsed))
        {
            return false;
        }

        ip = IPAddress.Parse($"{parsed}");
        return true;
    }
}
