using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Builders;

/// <summary>Reads the short text that tests are written in.</summary>
internal static class Text
{
    /// <summary><c>namespace/name</c>, or a name in <c>default</c>.</summary>
    public static ObjectName Name(string text) => text.Split('/') is [var space, var name] ? new(space, name) : new("default", text);

    public static IpNetwork Network(string text) =>
        IpNetwork.TryParse(text, out var network) ? network : throw new FormatException($"'{text}' is not a network");

    /// <summary><c>10.96.0.10:80/TCP</c>, <c>[2001:db8::1]:53/UDP</c>; the protocol may be left out.</summary>
    public static FrontendAddress Address(string text)
    {
        var (address, protocol) = text.Split('/') is [var before, var after] ? (before, after) : (text, "TCP");
        var colon = address.LastIndexOf(':');
        return new FrontendAddress(
            IpAddress.Parse(address[..colon].Trim('[', ']')),
            ushort.Parse(address[(colon + 1)..]),
            Enum.Parse<Protocol>(protocol, ignoreCase: true));
    }
}
