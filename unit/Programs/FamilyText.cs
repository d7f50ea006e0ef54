using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Programs;

/// <summary>
/// Lets a table be written once, with IPv4 addresses: in IPv6, <c>10.96.10.1</c> stands for <c>fd00::10:96:10:1</c> (one group for each
/// number, in decimal), the loopback addresses for <c>::1</c>, and <c>0.0.0.0</c> for <c>::</c>.
/// </summary>
internal static class FamilyText
{
    private const int GroupBits = 16;

    internal static IpAddress Address(IpFamily family, string text)
    {
        if (family == IpFamily.IPv4)
        {
            return IpAddress.Parse(text);
        }

        return text switch
        {
            "0.0.0.0" => IpAddress.Parse("::"),
            _ when text.StartsWith("127.", StringComparison.Ordinal) => IpAddress.Parse("::1"),
            _ => IpAddress.FromBytes([0xfd, 0, 0, 0, 0, 0, 0, 0, .. text.Split('.').SelectMany(part => new byte[] { 0, byte.Parse(part) })]),
        };
    }

    internal static IpNetwork Network(IpFamily family, string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var length = int.Parse(text[(slash + 1)..]);
        return new(Address(family, text[..slash]), family == IpFamily.IPv4 || length == 0 ? length : LengthInIPv6(length));
    }

    internal static FrontendAddress Frontend(IpFamily family, string text, Protocol protocol)
    {
        var colon = text.LastIndexOf(':');
        return new(Address(family, text[..colon]), ushort.Parse(text[(colon + 1)..]), protocol);
    }

    // The upper half of each group is always 0.
    private static int LengthInIPv6(int length) => 64 + length / 8 * GroupBits + (length % 8 == 0 ? 0 : 8 + length % 8);
}
