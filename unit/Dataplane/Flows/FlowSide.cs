namespace KubeProxyNext.Unit.Dataplane.Flows;

/// <summary>One direction of a connection.</summary>
/// <param name="Flags">What it has shown of SYN, ACK, FIN and RST, by their first letters.</param>
/// <param name="Idle">How many ticks ago it was heard last.</param>
internal sealed record FlowSide(string Flags = "", uint Idle = 0, ulong Packets = 0)
{
    internal byte TcpFlags => (byte)Flags.Sum(flag => flag switch
    {
        'F' => 0x01,
        'S' => 0x02,
        'R' => 0x04,
        'A' => 0x10,
        _ => throw new ArgumentOutOfRangeException(nameof(Flags), Flags, null),
    });
}
