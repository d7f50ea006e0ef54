using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Programs.Packets.Wire.WireStep;

namespace KubeProxyNext.Unit.Programs.Packets.Wire;

/// <summary>
/// Packets whose checksum a device is to finish, and which a device is to cut (GSO): so they come from pods and from virtual machines, and joined
/// from most devices (GRO). They stay so, and come out on the wire as if they had been finished before.
/// </summary>
public sealed class OffloadPacketTests(IpFamily family) : WireFixture(family)
{
    private static readonly GivenService Elsewhere = new() { Cluster = "R1" };
    private static readonly GivenService Datagrams = Elsewhere with { Protocol = Protocol.Udp };
    private static readonly GivenService Here = new() { Cluster = "L1", Local = "L1" };
    private static readonly GivenService BehindTunnel = new() { Cluster = "R2" };
    private static readonly GivenService Nobody = new() { Cluster = "", Local = "" };

    private static readonly WireCase[] Cases =
    [
        new("A connection past the stack")
        {
            Given = Elsewhere,
            Steps =
            [
                Enters("eth0", "tcp client:40000 > node:30080 S mss 1460").Unfinished().Leaves("eth0", "tcp node:$p > R1:8080 S mss 1460 ttl 63"),
                Enters("eth0", "tcp R1:8080 > node:$p SA mss 1460").Unfinished().Leaves("eth0", "tcp node:30080 > client:40000 SA mss 1460 ttl 63"),
                Enters("eth0", "tcp client:40000 > node:30080 A len 999").Unfinished().Leaves("eth0", "tcp node:$p > R1:8080 A len 999 ttl 63"),
            ],
        },
        new("Datagrams past the stack")
        {
            Given = Datagrams,
            Steps =
            [
                Enters("eth0", "udp client:40000 > lb:80 len 7").Unfinished().Leaves("eth0", "udp node:$p > R1:8080 len 7 ttl 63"),
                Enters("eth0", "udp R1:8080 > node:$p data hello").Unfinished().Leaves("eth0", "udp lb:80 > client:40000 data hello ttl 63"),
            ],
        },
        new("Through the stack, the source exchanged")
        {
            Given = Here,
            Steps =
            [
                Enters("eth0", "tcp client:40000 > node:30080 S").Unfinished().Leaves("cni0", "tcp bridge:$p > L1:8080 S ttl 63"),
                Enters("cni0", "tcp L1:8080 > bridge:$p SA").Unfinished().Leaves("eth0", "tcp node:30080 > client:40000 SA ttl 63"),
            ],
        },
        new("Through the stack, the source kept")
        {
            Given = Here with { Protocol = Protocol.Udp, ExternalPolicy = TrafficPolicy.Local },
            Steps =
            [
                Enters("eth0", "udp client:40000 > eip:80 len 100").Unfinished().Leaves("cni0", "udp client:40000 > L1:8080 len 100 ttl 63"),
                Enters("cni0", "udp L1:8080 > client:40000 len 100").Unfinished().Leaves("eth0", "udp eip:80 > client:40000 len 100 ttl 63"),
            ],
        },
        new("Into a tunnel, and out of it")
        {
            Given = BehindTunnel,
            Steps =
            [
                Enters("eth0", "tcp client:40000 > node:30080 S").Unfinished().Leaves("tun0", "tcp node-c:$p > R2:8080 S ttl 63"),
                Enters("tun0", "tcp R2:8080 > node-c:$p SA").Unfinished().Leaves("eth0", "tcp node:30080 > client:40000 SA ttl 63"),
                Enters("eth0", "tcp client:40000 > node:30080 PA len 2500").InSegments(1200).Leaves("tun0", "tcp node-c:$p > R2:8080 PA len 2500 ttl 63"),
                Enters("tun0", "tcp R2:8080 > node-c:$p PA len 2500").InSegments(1200).Leaves("eth0", "tcp node:30080 > client:40000 PA len 2500 ttl 63"),
            ],
        },
        new("Segments of a connection past the stack, in both directions")
        {
            Given = Elsewhere,
            Steps =
            [
                Enters("eth0", "tcp client:40000 > node:30080 S").Leaves("eth0", "tcp node:$p > R1:8080 S ttl 63"),
                Enters("eth0", "tcp R1:8080 > node:$p SA").Leaves("eth0", "tcp node:30080 > client:40000 SA ttl 63"),
                Enters("eth0", "tcp client:40000 > node:30080 PA len 4000 df").InSegments(1400).Leaves("eth0", "tcp node:$p > R1:8080 PA len 4000 df ttl 63"),
                Enters("eth0", "tcp R1:8080 > node:$p FA len 60000 id 9").InSegments(1440)
                    .Leaves("eth0", "tcp node:30080 > client:40000 FA len 60000 id 9 ttl 63"),
            ],
        },
        new("Segments through the stack")
        {
            Given = Here,
            Steps =
            [
                Enters("eth0", "tcp client:40000 > node:30080 S").Leaves("cni0", "tcp bridge:$p > L1:8080 S ttl 63"),
                Enters("cni0", "tcp L1:8080 > bridge:$p SA").Leaves("eth0", "tcp node:30080 > client:40000 SA ttl 63"),
                Enters("eth0", "tcp client:40000 > node:30080 PA len 4000").InSegments(1400).Leaves("cni0", "tcp bridge:$p > L1:8080 PA len 4000 ttl 63"),
                Enters("cni0", "tcp L1:8080 > bridge:$p PA len 4000").InSegments(1400).Leaves("eth0", "tcp node:30080 > client:40000 PA len 4000 ttl 63"),
            ],
        },
        new("Datagrams in one")
        {
            Given = Datagrams,
            Steps =
            [
                Enters("eth0", "udp client:40000 > node:30080 len 3000").InSegments(1000).Leaves("eth0", "udp node:$p > R1:8080 len 3000 ttl 63"),
                Enters("eth0", "udp R1:8080 > node:$p len 2500").InSegments(1000).Leaves("eth0", "udp node:30080 > client:40000 len 2500 ttl 63"),
            ],
        },
        new("A refused connection gets a whole answer")
        {
            Given = Nobody,
            Steps =
            [
                Enters("eth0", "tcp client:40000 > node:30080 S seq 7").Unfinished().Leaves("eth0", "tcp node:30080 > client:40000 RA seq 0 ack 8 win 0 df"),
                Enters("tun0", "tcp other:40000 > node:30080 S seq 7").Unfinished().Leaves("tun0", "tcp node:30080 > other:40000 RA seq 0 ack 8 win 0 df"),
            ],
        },
        new("So does a refused datagram, and refused segments")
        {
            Given = Nobody with { Protocol = Protocol.Udp },
            Steps =
            [
                Enters("eth0", "udp client:40000 > lb:80 data four").Unfinished()
                    .Leaves("eth0", "icmp lb > client port-unreachable { udp client:40000 > lb:80 data four } df"),
                Enters("tun0", "udp other:40000 > lb:80 data four").Unfinished()
                    .Leaves("tun0", "icmp lb > other port-unreachable { udp other:40000 > lb:80 data four } df"),
            ],
        },
        new("Segments of a connection that nobody knows")
        {
            Given = Elsewhere,
            Steps =
            [
                Enters("eth0", "tcp client:40000 > node:30080 A seq 7 ack 99 len 4000").InSegments(1400)
                    .Leaves("eth0", "tcp node:30080 > client:40000 R seq 99 ack 0 win 0 df"),
            ],
        },
    ];

    [TestCaseSource(nameof(Cases))]
    public void Packet(object given) => Check((WireCase)given);

    /// <summary>What an answer of ours quotes of a long packet, behind its IP header.</summary>
    private int Quoted => 480 - (Family == IpFamily.IPv4 ? 20 : 40);

    [Test]
    public void SegmentsTooLarge_SenderIsToldTheMtu() => Check(new WireCase("")
    {
        Given = BehindTunnel with { Protocol = Protocol.Udp },
        Steps =
        [
            Enters("eth0", "udp client:40000 > node:30080 len 2800 df").InSegments(1400)
                .Leaves("eth0", $"icmp node > client too-big 1400 {{ udp client:40000 > node:30080 len 2800 df cut {Quoted} }} df"),
        ],
    });

    [Test]
    public void PacketThatMayBeCut_LeavesAsTwoWithTheChecksumFinished()
    {
        const string Known = "udp client:40000 > node:30080 data whole", Large = "udp client:40000 > node:30080 len 1452 id 5";
        var large = Enters("eth0", Large).Unfinished();

        Check(new WireCase("")
        {
            Given = BehindTunnel with { Protocol = Protocol.Udp },
            Steps =
            [
                Enters("eth0", Known).Leaves("tun0", "udp node-c:$p > R2:8080 data whole ttl 63"),
                Family == IpFamily.IPv4
                    ? large.Leaves("tun0", "udp node-c:$p > R2:8080 len 1452 ttl 63 piece 0 1376 5")
                        .Leaves("tun0", "udp node-c:$p > R2:8080 len 1452 ttl 63 piece 1376 84 5")
                    : large.Leaves("eth0", $"icmp node > client too-big 1400 {{ {Large} cut {Quoted} }}"),
            ],
        });
    }
}
