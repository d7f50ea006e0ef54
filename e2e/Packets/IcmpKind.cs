namespace KubeProxyNext.Packets;

/// <summary>A message that texts know by name, with its type and code in either family.</summary>
/// <param name="Numbers">How many numbers follow the name: none, one of 32 bits, or two of 16.</param>
internal sealed record IcmpKind(string Name, (byte Type, byte Code) IPv4, (byte Type, byte Code) IPv6, int Numbers)
{
    internal static readonly IcmpKind[] All =
    [
        new("echo", (8, 0), (128, 0), 2),
        new("echo-reply", (0, 0), (129, 0), 2),
        new("too-big", (3, 4), (2, 0), 1),
        new("port-unreachable", (3, 3), (1, 4), 0),
        new("host-unreachable", (3, 1), (1, 3), 0),
        new("time-exceeded", (11, 0), (3, 0), 0),
    ];

    internal static readonly Dictionary<string, IcmpKind> ByName = All.ToDictionary(kind => kind.Name);

    internal (byte Type, byte Code) In(bool isIPv4) => isIPv4 ? IPv4 : IPv6;

    internal static string Print(IcmpMessage icmp)
    {
        var kind = All.FirstOrDefault(kind => kind.In(icmp.Protocol == Transport.Icmp) == (icmp.Type, icmp.Code));
        return kind switch
        {
            { Numbers: 2 } => $"{kind.Name} {icmp.Rest >> 16} {icmp.Rest & 0xffff}",
            { Numbers: 1 } => $"{kind.Name} {icmp.Rest}",
            { } when icmp.Rest == 0 => kind.Name,
            _ => $"message {icmp.Type} {icmp.Code} {icmp.Rest}",
        };
    }
}
