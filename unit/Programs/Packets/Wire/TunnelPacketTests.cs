using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Programs.Packets.Wire.WireStep;

namespace KubeProxyNext.Unit.Programs.Packets.Wire;

/// <summary>Packets of devices without Ethernet headers (tun, WireGuard, tunnels of IP): another client is behind one, and the node with R2.</summary>
public sealed class TunnelPacketTests(IpFamily family) : WireFixture(family)
{
    private static readonly GivenService Elsewhere = new() { Cluster = "R1" };
    private static readonly GivenService BehindTunnel = new() { Cluster = "R2" };
    private static readonly GivenService Here = new() { Cluster = "L1", Local = "L1" };
    private static readonly GivenService Nobody = new() { Cluster = "", Local = "" };

    private static readonly WireCase[] Cases =
    [
        new("What comes by a tunnel goes on by Ethernet, and its answer back into the tunnel")
        {
            Given = Elsewhere,
            Steps =
            [
                Enters("tun0", "tcp other:40000 > node:30080 S mss 1360").Leaves("eth0", "tcp node:$p > R1:8080 S mss 1360 ttl 63"),
                Enters("eth0", "tcp R1:8080 > node:$p SA mss 1460").Leaves("tun0", "tcp node:30080 > other:40000 SA mss 1460 ttl 63"),
                Enters("tun0", "tcp other:40000 > node:30080 A data hello").Leaves("eth0", "tcp node:$p > R1:8080 A data hello ttl 63"),
                Enters("eth0", "tcp R1:8080 > node:$p A data answer").Leaves("tun0", "tcp node:30080 > other:40000 A data answer ttl 63"),
            ],
        },
        new("What comes by Ethernet goes on by a tunnel, from the node's address there")
        {
            Given = BehindTunnel,
            Steps =
            [
                Enters("eth0", "tcp client:40000 > node:30080 S").Leaves("tun0", "tcp node-c:$p > R2:8080 S ttl 63"),
                Enters("tun0", "tcp R2:8080 > node-c:$p SA").Leaves("eth0", "tcp node:30080 > client:40000 SA ttl 63"),
                Enters("eth0", "tcp client:40000 > node:30080 A data hello").Leaves("tun0", "tcp node-c:$p > R2:8080 A data hello ttl 63"),
            ],
        },
        new("From tunnel to tunnel")
        {
            Given = BehindTunnel with { Protocol = Protocol.Udp },
            Steps =
            [
                Enters("tun0", "udp other:40000 > lb:80 data hello").Leaves("tun0", "udp node-c:$p > R2:8080 data hello ttl 63"),
                Enters("tun0", "udp R2:8080 > node-c:$p data answer").Leaves("tun0", "udp lb:80 > other:40000 data answer ttl 63"),
            ],
        },
        new("SCTP, whose checksum follows")
        {
            Given = Elsewhere with { Protocol = Protocol.Sctp },
            Steps =
            [
                Enters("tun0", "sctp other:40000 > eip:80 INIT").Leaves("eth0", "sctp node:$p > R1:8080 INIT ttl 63"),
                Enters("eth0", "sctp R1:8080 > node:$p INIT-ACK").Leaves("tun0", "sctp eip:80 > other:40000 INIT-ACK ttl 63"),
            ],
        },
        new("A backend on this node that sees the client, through the stack")
        {
            Given = Here with { ExternalPolicy = TrafficPolicy.Local },
            Steps =
            [
                Enters("tun0", "tcp other:40000 > node:30080 S").Leaves("cni0", "tcp other:40000 > L1:8080 S ttl 63"),
                Enters("cni0", "tcp L1:8080 > other:40000 SA").Leaves("tun0", "tcp node:30080 > other:40000 SA ttl 63"),
                Enters("tun0", "tcp other:40000 > node:30080 A data hello").Leaves("cni0", "tcp other:40000 > L1:8080 A data hello ttl 63"),
            ],
        },
        new("A backend on this node that sees the node")
        {
            Given = Here,
            Steps =
            [
                Enters("tun0", "tcp other:40000 > node:30080 S").Leaves("cni0", "tcp bridge:$p > L1:8080 S ttl 63"),
                Enters("cni0", "tcp L1:8080 > bridge:$p SA").Leaves("tun0", "tcp node:30080 > other:40000 SA ttl 63"),
            ],
        },
        new("Who is refused is told so by the tunnel: a connection")
        {
            Given = Nobody,
            Steps =
            [
                Enters("tun0", "tcp other:40000 > node:30080 S seq 7").Leaves("tun0", "tcp node:30080 > other:40000 RA seq 0 ack 8 win 0 df"),
            ],
        },
        new("Who is refused is told so by the tunnel: a datagram")
        {
            Given = Nobody with { Protocol = Protocol.Udp },
            Steps =
            [
                Enters("tun0", "udp other:40000 > lb:80 data four")
                    .Leaves("tun0", "icmp lb > other port-unreachable { udp other:40000 > lb:80 data four } df"),
            ],
        },
        new("Errors find back, from either side")
        {
            Given = Elsewhere,
            Steps =
            [
                Enters("tun0", "tcp other:40000 > node:30080 S").Leaves("eth0", "tcp node:$p > R1:8080 S ttl 63"),
                Enters("eth0", "icmp n2 > node too-big 1300 { tcp node:$p > R1:8080 S }")
                    .Leaves("tun0", "icmp node > other too-big 1300 { tcp other:40000 > node:30080 S } ttl 63"),
                Enters("eth0", "tcp R1:8080 > node:$p SA").Leaves("tun0", "tcp node:30080 > other:40000 SA ttl 63"),
                Enters("tun0", "icmp other > node too-big 1280 { tcp node:30080 > other:40000 SA }")
                    .Leaves("eth0", "icmp node > R1 too-big 1280 { tcp R1:8080 > node:$p SA } ttl 63"),
            ],
        },
        new("The last hop is told of by the tunnel")
        {
            Given = Elsewhere with { Protocol = Protocol.Udp },
            Steps =
            [
                Enters("tun0", "udp other:40000 > node:30080 data four ttl 1")
                    .Leaves("tun0", "icmp node > other time-exceeded { udp other:40000 > node:30080 data four ttl 1 } df"),
            ],
        },
    ];

    [TestCaseSource(nameof(Cases))]
    public void Packet(object given) => Check((WireCase)given);
}
