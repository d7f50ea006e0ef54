using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Programs.Packets.PacketStep;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>Packets that are sound, but not as most are: nothing of them is lost, and what is somebody else's is left alone.</summary>
public sealed class UnusualPacketTests(IpFamily family) : PacketFixture(family)
{
    private static readonly GivenService Remote = new() { Cluster = "R1" };
    private static readonly GivenService Datagrams = Remote with { Protocol = Protocol.Udp };

    private static readonly PacketCase[] Cases =
    [
        new("Datagrams without a checksum stay without one")
        {
            Given = Datagrams,
            Steps =
            [
                Enters("eth0", "udp client:5000 > node:30080 data hello no-sum").Redirects("udp node:$p > R1:8080 data hello no-sum ttl 63 eth eth0 > switch0"),
                Enters("eth0", "udp R1:8080 > node:$p data hello").Redirects("udp node:30080 > client:5000 data hello ttl 63 eth eth0 > switch0"),
            ],
        },
        new("Nothing else of a segment changes")
        {
            Given = Remote,
            Steps =
            [
                Enters("eth0", "tcp client:5000 > node:30080 S seq 7 win 100 urg 9 opts 0204058c0402080a0000000100000000 tos 184 df ttl 12")
                    .Redirects("tcp node:$p > R1:8080 S seq 7 win 100 urg 9 opts 0204058c0402080a0000000100000000 tos 184 df ttl 11 eth eth0 > switch0"),
            ],
        },
        new("A wrong checksum stays wrong")
        {
            Given = Datagrams,
            Steps = [Enters("eth0", "udp client:5000 > node:30080 data hello sum 0").Redirects("udp node:$p > R1:8080 data hello sum 0 ttl 63 eth eth0 > switch0")],
        },
        new("What follows behind the packet in the frame stays there")
        {
            Given = Remote,
            Steps = [Enters("eth0", "tcp client:5000 > node:30080 S trailer 0000").Redirects("tcp node:$p > R1:8080 S ttl 63 trailer 0000 eth eth0 > switch0")],
        },
        new("A packet of a VLAN is that VLAN's device's")
        {
            Given = Remote,
            Steps =
            [
                Enters("eth0", "tcp client:5000 > node:30080 S vlan 7").Passes(),
                Enters("eth0", "tcp client:5000 > node:30080 S svlan 7 vlan 9").Passes(),
            ],
            Flows = [],
        },
        new("A packet may still make one hop")
        {
            Given = Remote,
            Steps =
            [
                Enters("eth0", "tcp client:5000 > node:30080 S ttl 2").Redirects("tcp node:$p > R1:8080 S ttl 1 eth eth0 > switch0"),
            ],
        },
        new("Other protocols are left alone")
        {
            Steps =
            [
                Enters("eth0", "proto 47 client > node hex 00000800").Passes(),
                Enters("eth0", "icmp client > node echo 7 1 data hello").Passes(),
            ],
            Flows = [],
        },
        new("A closed connection is begun anew by its next SYN")
        {
            Given = Remote,
            Steps =
            [
                Enters("eth0", "tcp client:5000 > node:30080 S").Redirects("tcp node:$p > R1:8080 S ttl 63 eth eth0 > switch0"),
                Enters("eth0", "tcp client:5000 > node:30080 R").Redirects("tcp node:$p > R1:8080 R ttl 63 eth eth0 > switch0"),
                Enters("eth0", "tcp client:5000 > node:30080 S seq 9").Redirects("tcp node:$q > R1:8080 S seq 9 ttl 63 eth eth0 > switch0"),
                Enters("eth0", "tcp R1:8080 > node:$q SA").Redirects("tcp node:30080 > client:5000 SA ttl 63 eth eth0 > switch0"),
            ],
        },
        new("Where the client keeps its address, only the destination is exchanged, and back after routing")
        {
            Given = new() { Cluster = "R1", ExternalPolicy = TrafficPolicy.Local, Local = "L1" },
            Steps =
            [
                Enters("eth0", "tcp client:5000 > node:30080 S").Passes("tcp client:5000 > L1:8080 S"),
                Leaves("cni0", "tcp client:5000 > L1:8080 S ttl 63", cameBy: "eth0").Passes(),
                Enters("cni0", "tcp L1:8080 > client:5000 SA").Passes(),
                Leaves("eth0", "tcp L1:8080 > client:5000 SA ttl 63", cameBy: "cni0").Passes("tcp node:30080 > client:5000 SA ttl 63"),
            ],
            Flows =
            [
                "in tcp client:5000 > node:30080 => client:5000 > L1:8080",
                "out tcp L1:8080 > client:5000 => node:30080 > client:5000",
            ],
        },
    ];

    [TestCaseSource(nameof(Cases))]
    public void Packet(object given) => Check((PacketCase)given);

    [TestCase("ipopts 94040000", IpFamily.IPv4)]
    [TestCase("ipopts 44280d00000000000000000000000000000000000000000000000000000000000000000000000000", IpFamily.IPv4)]
    [TestCase("ext hop-by-hop", IpFamily.IPv6)]
    [TestCase("ext routing ext destination-options", IpFamily.IPv6)]
    [TestCase("ext authentication", IpFamily.IPv6)]
    [TestCase("frag 0 last 7", IpFamily.IPv6)]
    [TestCase("flow 77", IpFamily.IPv6)]
    public void Headers_BeforeTheTransport_StayAsTheyAre(string headers, IpFamily only)
    {
        if (Family != only)
        {
            return;
        }

        Check(new("")
        {
            Given = Remote,
            Steps = [Enters("eth0", $"tcp client:5000 > node:30080 S {headers}").Redirects($"tcp node:$p > R1:8080 S ttl 63 {headers} eth eth0 > switch0")],
        });
    }
}
