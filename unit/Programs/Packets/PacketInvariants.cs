using KubeProxyNext.Model;
using KubeProxyNext.Packets;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>What holds for whatever a program does to whatever packet.</summary>
/// <param name="hasFlow">Whether an entry of flows changes such packets at the hook.</param>
internal sealed class PacketInvariants(
    Func<IpPacket, bool> isOfFrontend, Func<IpPacket, bool> isOfBackend, Func<PacketHook, IpPacket, bool> hasFlow)
{
    private const int SctpChunk = 4;

    // Behind the ports.
    private const int TcpChecksumAt = 12;

    /// <summary>What does not hold; null where all does.</summary>
    internal string? Broken(FuzzedPacket given, PacketVerdict verdict, ReadOnlySpan<byte> changed)
    {
        if (!Enum.IsDefined(verdict))
        {
            return "an unknown verdict";
        }

        if (verdict == PacketVerdict.Drop)
        {
            return null;
        }

        var (before, after) = (PacketReader.ReadFrame(given.Bytes), PacketReader.ReadFrame(changed));
        if (verdict == PacketVerdict.Pass && changed.SequenceEqual(given.Bytes))
        {
            return IsForDevice(given, before) && IsSound(before) && hasFlow(given.Hook, before.Ip!) ? "passed as it came, although there is a flow" : null;
        }

        return before.Ip is null ? "no packet of IP was changed"
            : after.Ip is null ? "what was a packet of IP is none now"
            : QuotesTooMuch(before.Ip) ? QuotesTooMuch(after.Ip) ? null : "what was quoted is no longer"
            : WrittenOver(before, after, verdict).AsSpan().SequenceEqual(given.Bytes) ? BrokenTranslation(before.Ip, after.Ip)
            : verdict == PacketVerdict.Redirect ? IsLastPiece(before.Ip, after.Ip) ? null : BrokenAnswer(before.Ip, after.Ip)
            : "more than addresses, ports and checksums was changed";
    }

    // An error says that the packet which it is about was shorter than what it quotes of it. Where a checksum is, nobody knows then.
    private static bool QuotesTooMuch(IpPacket ip) => ip.Transport is IcmpMessage { Quoted.Trailer.IsEmpty: false };

    // What was sent to another host is nobody's here.
    private static bool IsForDevice(FuzzedPacket given, Packet packet) =>
        given.Hook != PacketHook.Ingress || packet.Link!.Destination == given.Device.Mac;

    // Nothing excuses a program that does not understand it. More extension headers than anybody has are such an excuse.
    private static bool IsSound(Packet packet) =>
        packet is { Type: null, Link.Vlans.IsEmpty: true, Ip: { IsFragment: false, Length: null, Extensions.Count: < 3 } ip }
        && ip.Transport is TcpSegment or UdpDatagram or SctpPacket { Chunks.Count: >= SctpChunk };

    // What came out, with all that a translation may change as it was before.
    private static byte[] WrittenOver(Packet before, Packet after, PacketVerdict verdict)
    {
        var ip = WrittenOver(before.Ip!, after.Ip!);
        return (after with
        {
            Link = verdict == PacketVerdict.Redirect ? before.Link : after.Link,
            Ip = ip with { Ttl = verdict == PacketVerdict.Redirect && ip.Ttl + 1 == before.Ip!.Ttl ? before.Ip.Ttl : ip.Ttl },
        }).ToBytes();
    }

    private static IpPacket WrittenOver(IpPacket before, IpPacket after) => after with
    {
        Source = before.Source,
        Destination = before.Destination,
        HeaderChecksum = before.HeaderChecksum,
        Transport = WrittenOver(before.Transport, after.Transport),
    };

    private static Transport WrittenOver(Transport before, Transport after) => (before, after) switch
    {
        (TcpSegment b, TcpSegment a) => a with { Source = b.Source, Destination = b.Destination, Checksum = b.Checksum },
        (UdpDatagram b, UdpDatagram a) => a with { Source = b.Source, Destination = b.Destination, Checksum = b.Checksum },
        (SctpPacket b, SctpPacket a) => a with { Source = b.Source, Destination = b.Destination, Checksum = b.Checksum },
        (CutTransport b, CutTransport a) => a with { Source = b.Source, Destination = b.Destination, Rest = WithoutChecksum(a, b.Rest) },
        (IcmpMessage b, IcmpMessage a) => a with
        {
            Checksum = b.Checksum,
            Quoted = b.Quoted is null || a.Quoted is null ? a.Quoted : WrittenOver(b.Quoted, a.Quoted),
        },
        _ => after,
    };

    // A header of which more was announced than there is has a checksum all the same.
    private static ValueArray<byte> WithoutChecksum(CutTransport cut, ValueArray<byte> before) =>
        HasChecksum(cut) && before.Count == cut.Rest.Count
            ? [.. cut.Rest.AsSpan()[..TcpChecksumAt], .. before.AsSpan()[TcpChecksumAt..(TcpChecksumAt + 2)], .. cut.Rest.AsSpan()[(TcpChecksumAt + 2)..]]
            : cut.Rest;

    private static bool HasChecksum(CutTransport cut) => cut.Protocol == Transport.Tcp && cut.Rest.Count >= TcpChecksumAt + 2;

    private string? BrokenTranslation(IpPacket before, IpPacket after)
    {
        var (wrongBefore, wrongAfter) = (Join(ChecksumCheck.Wrong(before)), Join(ChecksumCheck.Wrong(after)));
        if (wrongBefore != wrongAfter)
        {
            return $"wrong checksums: before '{wrongBefore}', now '{wrongAfter}'";
        }

        if (!SumsAgree(before, after))
        {
            return "a sum has changed";
        }

        // In errors, what is quoted tells whose they are: the outer addresses may stay as they are.
        return before.Transport is IcmpMessage || before.IsLaterFragment ? null : Half(before, after);
    }

    // To a backend from whoever dialled a frontend, or further on its way there; or back, to whoever is known here by another address.
    private string? Half(IpPacket before, IpPacket after) =>
        isOfBackend(after) && (isOfFrontend(before) || isOfBackend(before)) ? null
        : isOfBackend(Turned(before)) && (isOfFrontend(Turned(after)) || isOfBackend(Turned(after))) ? null
        : "half translated: neither from a frontend to a backend nor back";

    private static IpPacket Turned(IpPacket ip) => ip with
    {
        Source = ip.Destination,
        Destination = ip.Source,
        Transport = ip.Transport is PortTransport ports
            ? new CutTransport(ports.Protocol, ports.Destination, ports.Source, default)
            : ip.Transport,
    };

    // A sum over pseudo header and bytes stays what it was, be it right or wrong, and also where not all bytes are there.
    private static bool SumsAgree(IpPacket before, IpPacket after)
    {
        if (before.Transport is UdpDatagram { Checksum: 0 } or SctpPacket or RawTransport or CutTransport { Protocol: Transport.Sctp })
        {
            return after.Transport is not UdpDatagram { Checksum: not 0 };
        }

        return after.Transport is not UdpDatagram { Checksum: 0 }
            && ((before.Transport is CutTransport cut && !HasChecksum(cut)) || Sum(before) == Sum(after))
            && (before.Transport is not IcmpMessage { Quoted: { } quoted } || SumsAgree(quoted, ((IcmpMessage)after.Transport).Quoted!));
    }

    private static int Sum(IpPacket ip)
    {
        var bytes = ip.Transport.ToBytes(ip);
        var sum = ip.Transport.Protocol == Transport.Icmp ? InternetChecksum.Of(bytes) : InternetChecksum.Of(ip, ip.Transport.Protocol, bytes);
        return sum == 0xffff ? 0 : sum;
    }

    // Too large for the way on: what is left of it after its first piece comes to the same hook again, and is translated there.
    private static bool IsLastPiece(IpPacket before, IpPacket after)
    {
        byte[] whole = before.Transport.ToBytes(before), piece = after.Transport.ToBytes(after);
        var alike = after with
        {
            FragmentOffset = before.FragmentOffset,
            Transport = before.Transport,
            HeaderChecksum = before.HeaderChecksum,
            Length = before.Length,
            Trailer = before.Trailer,
        };
        return before.IsIPv4 && alike == before && whole.AsSpan().EndsWith(piece)
            && after.FragmentOffset - before.FragmentOffset == whole.Length - piece.Length
            && (after.HeaderChecksum is null) == (before.HeaderChecksum is null);
    }

    // Made by the program: a refusal, or an error about the packet.
    private static string? BrokenAnswer(IpPacket before, IpPacket after)
    {
        if (after.Destination != before.Source)
        {
            return "neither a translation nor an answer to the sender";
        }

        return Join(ChecksumCheck.Wrong(after).Where(wrong => !wrong.StartsWith("quoted", StringComparison.Ordinal))) is { Length: > 0 } wrong
            ? $"an answer with wrong checksums: {wrong}"
            : after.Transport is IcmpMessage { IsError: true } or TcpSegment { Flags: TcpFlags.Rst or (TcpFlags.Rst | TcpFlags.Ack) }
                ? null
                : "an answer of an unknown kind";
    }

    private static string Join(IEnumerable<string> wrong) => string.Join(", ", wrong);
}
