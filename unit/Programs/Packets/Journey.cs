using KubeProxyNext.Bpf;
using KubeProxyNext.Model;
using KubeProxyNext.Packets;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>
/// A packet's way through the node: in by one device, through the stack where the programs let it pass, out by another. What
/// the stack does is done here: it routes, and counts the hop. One is for the thread that is in the node's network alone.
/// </summary>
internal sealed class Journey(ITestedPackets tested)
{
    private const int Largest = 4096;
    private static readonly string[] Own = ["node", "node-b", "bridge"];

    private readonly byte[] _changed = new byte[Largest];

    /// <summary>Where a packet ended.</summary>
    /// <param name="Verdict">Of the last program.</param>
    /// <param name="Packet">As it was then.</param>
    /// <param name="Device">By which it left; null where it was for the node, or was dropped.</param>
    internal sealed record End(PacketVerdict Verdict, Packet Packet, NodeDevice? Device);

    /// <summary>A packet that comes by this device.</summary>
    internal End Enter(NodeDevice device, Packet packet)
    {
        var end = Run(PacketHook.Ingress, device, packet, cameBy: device);
        if (ComesAgain(packet, end))
        {
            return Enter(device, end.Packet);
        }

        return end.Verdict != PacketVerdict.Pass || IsOwn(end.Packet) ? end : Leave(Routed(end.Packet), cameBy: device);
    }

    /// <summary>A packet that the node itself sends, or that it forwards.</summary>
    internal End Leave(Packet packet, NodeDevice? cameBy = null)
    {
        var device = RouteTo(packet.Ip!.Destination);
        var end = Run(PacketHook.Egress, device, packet with { Link = new(device.Mac, device.NeighbourMac) }, cameBy);
        return end.Verdict == PacketVerdict.Pass ? end with { Device = device } : end;
    }

    /// <summary>An answer to the packet that left, on its way back to who sent the first.</summary>
    internal End Answer(End first)
    {
        var answer = Turn(first.Packet);
        return first.Device is { } device ? Enter(device, answer with { Link = new(device.NeighbourMac, device.Mac) }) : Leave(answer);
    }

    private bool IsOwn(Packet packet) => packet.Ip is null || Own.Any(name => tested.Book.Address(name) == packet.Ip.Destination);

    private End Run(PacketHook hook, NodeDevice device, Packet packet, NodeDevice? cameBy)
    {
        var context = new PacketContext { Device = device.Index, IngressDevice = cameBy?.Index ?? 0 };
        var run = tested.Run(hook, packet.ToBytes(), _changed, ref context);
        var changed = PacketReader.ReadFrame(_changed.AsSpan(0, run.Length));
        var verdict = (PacketVerdict)run.Verdict;
        return new(verdict, changed, verdict == PacketVerdict.Redirect ? RouteTo(changed.Ip!.Destination) : null);
    }

    // Nobody counted the hop, and it is no answer to its sender: it is on its way into the same device once more.
    private static bool ComesAgain(Packet packet, End end) =>
        end.Verdict == PacketVerdict.Redirect && end.Packet.Ip!.Ttl == packet.Ip!.Ttl && end.Packet.Ip.Source == packet.Ip.Source;

    // A packet past the stack has had its hop counted by the program.
    private static Packet Routed(Packet packet) => packet with { Ip = packet.Ip! with { Ttl = (byte)(packet.Ip.Ttl - 1) } };

    private NodeDevice RouteTo(IpAddress destination) => tested.Book.Name(destination) switch
    {
        "L1" or "L2" or "pod" => NodeDevice.Pods,
        "R2" => NodeDevice.Overlay,
        _ => NodeDevice.Uplink,
    };

    private static Packet Turn(Packet packet)
    {
        var ip = packet.Ip!;
        return packet with
        {
            Ip = ip with
            {
                Source = ip.Destination,
                Destination = ip.Source,
                Ttl = 64,
                Transport = ip.Transport switch
                {
                    TcpSegment tcp => new TcpSegment(tcp.Destination, tcp.Source, TcpFlags.Syn | TcpFlags.Ack) { Acknowledged = tcp.Sequence + 1 },
                    UdpDatagram udp => new UdpDatagram(udp.Destination, udp.Source) { Payload = udp.Payload },
                    SctpPacket sctp => new SctpPacket(sctp.Destination, sctp.Source, SctpPacket.Known["INIT-ACK"]),
                    _ => ip.Transport,
                },
            },
        };
    }
}
