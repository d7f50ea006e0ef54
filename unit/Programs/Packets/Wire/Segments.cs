using KubeProxyNext.Packets;

namespace KubeProxyNext.Unit.Programs.Packets.Wire;

/// <summary>What a packet is cut into by a device that can do so, or by the kernel where the device cannot.</summary>
internal static class Segments
{
    private const TcpFlags OfTheLast = TcpFlags.Fin | TcpFlags.Psh;

    internal static IEnumerable<Packet> Of(Packet whole, int size)
    {
        var payload = PayloadOf(whole.Ip!.Transport);
        for (var (at, number) = (0, 0); at == 0 || at < payload.Length; at += size, number++)
        {
            var ip = whole.Ip with { Id = whole.Ip.IsIPv4 ? (ushort)(whole.Ip.Id + number) : (ushort)0 };
            yield return whole with { Ip = ip with { Transport = Part(ip.Transport, payload[at..Math.Min(at + size, payload.Length)], at, at + size >= payload.Length) } };
        }
    }

    private static byte[] PayloadOf(Transport transport) => transport switch
    {
        TcpSegment tcp => [.. tcp.Payload],
        UdpDatagram udp => [.. udp.Payload],
        _ => throw new ArgumentException("nobody cuts that", nameof(transport)),
    };

    private static Transport Part(Transport transport, byte[] payload, int at, bool isLast) => transport switch
    {
        TcpSegment tcp => tcp with { Sequence = tcp.Sequence + (uint)at, Payload = [.. payload], Flags = isLast ? tcp.Flags : tcp.Flags & ~OfTheLast },
        UdpDatagram udp => udp with { Payload = [.. payload] },
        _ => transport,
    };
}
