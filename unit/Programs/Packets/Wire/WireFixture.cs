using KubeProxyNext.Model;
using KubeProxyNext.Packets;

namespace KubeProxyNext.Unit.Programs.Packets.Wire;

/// <summary>
/// Tests of the packet programs at devices, with packets that really come and go: what a test run cannot give to a program has no Ethernet header,
/// or is for a device to finish (<c>CHECKSUM_PARTIAL</c>) or to cut (GSO). On the wire it is finished and cut, so that is what has to be right.
/// </summary>
public abstract class WireFixture(IpFamily family) : PacketFixture(family)
{
    private const int TcpChecksumAt = 16;
    private const int UdpChecksumAt = 6;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private protected override bool IsWired => true;

    /// <summary>What a test that failed left behind is not the next one's.</summary>
    [SetUp]
    public void Drain()
    {
        foreach (var device in NodeDevice.Wired)
        {
            while (Receive(device, TimeSpan.Zero) is not null)
            {
            }
        }
    }

    private protected void Check(WireCase given)
    {
        var ports = new Ports();
        Apply(given.Given);
        foreach (var step in given.Steps)
        {
            Send(step, ports);
            foreach (var (device, text) in step.Out)
            {
                CheckLeaves(step, device, text, ports);
            }
        }

        foreach (var device in NodeDevice.Wired)
        {
            Assert.That(Receive(device, TimeSpan.Zero) is { } more ? Print(more) : "", Is.Empty, $"what else leaves by {device.Name}");
        }
    }

    private void Send(WireStep step, Ports ports)
    {
        var packet = Parse(step, ports);
        var header = step.IsUnfinished ? HeaderOf(packet, step.SegmentSize) : default;
        Tested.Wire(step.Device).Send(header, (step.IsUnfinished ? Unfinished(packet, packet.Ip!) : packet).ToBytes());
    }

    private Packet Parse(WireStep step, Ports ports) =>
        PacketText.Parse(step.In, Tested.Book.At(step.Device.HasEthernet ? new(step.Device.NeighbourMac, step.Device.Mac) : null), ports);

    private void CheckLeaves(WireStep step, NodeDevice device, string text, Ports ports)
    {
        var message = $"{step.In}: what leaves by {device.Name}";
        var actual = Receive(device, Patience);
        var expected = PacketText.Parse(text, Tested.Book.At(device.HasEthernet ? new(device.Mac, device.NeighbourMac) : null), ports, actual);
        var parts = Parts(step, expected, ports).ToList();
        for (var index = 0; index < parts.Count; index++)
        {
            actual = index == 0 ? actual : Receive(device, Patience);
            Assert.That(actual is null ? "nothing" : Print(actual), Is.EqualTo(Print(parts[index])), message);
            Assert.That(Convert.ToHexString(actual!.ToBytes()), Is.EqualTo(Convert.ToHexString(parts[index].ToBytes())), message);
        }
    }

    // What quotes a packet quotes it as it came.
    private IEnumerable<Packet> Parts(WireStep step, Packet expected, Ports ports) => expected.Ip!.Transport switch
    {
        IcmpMessage { Quoted: { } quoted } icmp when step.IsUnfinished =>
            [expected with { Ip = expected.Ip with { Transport = icmp with { Quoted = Unfinished(new(null, quoted), Parse(step, ports).Ip!).Ip } } }],
        TcpSegment or UdpDatagram when step.SegmentSize > 0 => Segments.Of(expected, step.SegmentSize),
        _ => [expected],
    };

    private static WireHeader HeaderOf(Packet packet, int segmentSize)
    {
        var ip = packet.Ip!;
        var (carried, all) = (ip.Transport.ToBytes(ip).Length, packet.ToBytes().Length);
        var (checksumAt, payload) = ip.Transport switch
        {
            TcpSegment tcp => (TcpChecksumAt, tcp.Payload.Count),
            UdpDatagram udp => (UdpChecksumAt, udp.Payload.Count),
            _ => throw new ArgumentException("nobody finishes the checksum of that", nameof(packet)),
        };
        var header = WireHeader.Unfinished(all - carried, checksumAt);
        return segmentSize == 0 ? header : header.Segments(ip.Transport is TcpSegment, ip.IsIPv4, all - payload, segmentSize);
    }

    // With the checksum as a sender leaves it to whoever comes later: the sum of the pseudo header alone.
    private static Packet Unfinished(Packet packet, IpPacket whole)
    {
        var pseudo = (ushort)~InternetChecksum.Of(whole, whole.Transport.Protocol, new byte[whole.Transport.ToBytes(whole).Length]);
        return packet with
        {
            Ip = packet.Ip! with
            {
                Transport = packet.Ip.Transport switch
                {
                    TcpSegment tcp => tcp with { Checksum = pseudo },
                    UdpDatagram udp => udp with { Checksum = pseudo },
                    var other => other,
                },
            },
        };
    }

    private string Print(Packet packet) => PacketText.Print(packet, Tested.Book);

    // What the kernel says to all of a link by itself is not asked for.
    private Packet? Receive(NodeDevice device, TimeSpan within)
    {
        while (Tested.Wire(device).Receive(within) is { } bytes)
        {
            var packet = device.HasEthernet ? PacketReader.ReadFrame(bytes) : new(null, PacketReader.ReadIp(bytes));
            if (packet.Ip is { } ip && !IsToAll(ip))
            {
                return packet;
            }
        }

        return null;
    }

    private static bool IsToAll(IpPacket ip)
    {
        Span<byte> bytes = stackalloc byte[16];
        ip.Destination.WriteBytes(bytes);
        return !ip.IsIPv4 && bytes[0] == 0xff;
    }
}
