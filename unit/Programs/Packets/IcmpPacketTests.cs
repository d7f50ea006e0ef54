using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Programs.Packets.PacketStep;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>Errors about packets that were rewritten reach whom they concern, and speak of what he sent.</summary>
public sealed class IcmpPacketTests(IpFamily family) : PacketFixture(family)
{
    private static readonly GivenService Remote = new() { Protocol = Protocol.Udp, Cluster = "R1" };
    private static readonly GivenService Local = new() { Protocol = Protocol.Udp, Cluster = "L1" };

    private static readonly PacketStep Dialled =
        Enters("eth0", "udp client:40000 > node:30080 data hello").Redirects("udp node:$p > R1:8080 data hello ttl 63 eth eth0 > switch0");

    private static readonly PacketStep[] DialledThroughStack =
    [
        Enters("eth0", "udp client:40000 > node:30080 data hello").Passes("udp client:40000 > L1:8080 data hello"),
        Leaves("cni0", "udp client:40000 > L1:8080 data hello", "eth0").Passes("udp bridge:$p > L1:8080 data hello"),
    ];

    private static readonly PacketCase[] Cases =
    [
        new("The backend's own reaches the client from what he dialled")
        {
            Given = Remote,
            Steps =
            [
                Dialled,
                Enters("eth0", "icmp R1 > node port-unreachable { udp node:$p > R1:8080 data hello }")
                    .Redirects("icmp node > client port-unreachable { udp client:40000 > node:30080 data hello } ttl 63 eth eth0 > switch0"),
            ],
        },
        new("So does that of a router on the way, which quotes no more than ports")
        {
            Given = Remote,
            Steps =
            [
                Dialled,
                Enters("eth0", "icmp n2 > node too-big 1300 { udp node:$p > R1:8080 len 1400 cut 8 }")
                    .Redirects("icmp node > client too-big 1300 { udp client:40000 > node:30080 len 1400 cut 8 } ttl 63 eth eth0 > switch0"),
            ],
        },
        new("That of the client's router reaches the backend from the node")
        {
            Given = Remote,
            Steps =
            [
                Dialled,
                Enters("eth0", "udp R1:8080 > node:$p data hi").Redirects("udp node:30080 > client:40000 data hi ttl 63 eth eth0 > switch0"),
                Enters("eth0", "icmp router > node too-big 1300 { udp node:30080 > client:40000 data hi }")
                    .Redirects("icmp node > R1 too-big 1300 { udp R1:8080 > node:$p data hi } ttl 63 eth eth0 > switch0"),
            ],
        },
        new("Through the stack, addresses are exchanged where those of its packets are")
        {
            Given = Local,
            Steps =
            [
                .. DialledThroughStack,
                Enters("cni0", "icmp L1 > bridge port-unreachable { udp bridge:$p > L1:8080 data hello }")
                    .Passes("icmp L1 > client port-unreachable { udp client:40000 > L1:8080 data hello }"),
                Leaves("eth0", "icmp L1 > client port-unreachable { udp client:40000 > L1:8080 data hello }", "cni0")
                    .Passes("icmp node > client port-unreachable { udp client:40000 > node:30080 data hello }"),
            ],
        },
        new("And those of a router's error with them")
        {
            Given = Local,
            Steps =
            [
                .. DialledThroughStack,
                Enters("eth0", "icmp router > node too-big 1300 { udp node:30080 > client:40000 data hi }")
                    .Passes("icmp router > L1 too-big 1300 { udp L1:8080 > client:40000 data hi }"),
                Leaves("cni0", "icmp router > L1 too-big 1300 { udp L1:8080 > client:40000 data hi }", "eth0")
                    .Passes("icmp bridge > L1 too-big 1300 { udp L1:8080 > bridge:$p data hi }"),
            ],
        },
        new("What the node's own stack says about a packet does not name the backend")
        {
            Given = Local,
            Steps =
            [
                .. DialledThroughStack,
                Leaves("eth0", "icmp node > client too-big 1300 { udp client:40000 > L1:8080 data hello }")
                    .Passes("icmp node > client too-big 1300 { udp client:40000 > node:30080 data hello }"),
            ],
        },
        new("An error about a packet of no flow is left alone, and one that quotes too little or a later fragment")
        {
            Given = Remote,
            Steps =
            [
                Dialled,
                Enters("eth0", "icmp R1 > node port-unreachable { udp node:7 > R1:8080 data hello }").Passes(),
                Enters("eth0", "icmp R1 > node port-unreachable { udp node:$p > R1:8080 data hello cut 7 }").Passes(),
                Enters("eth0", "icmp R1 > node port-unreachable { udp node:$p > R1:8080 len 200 piece 64 64 5 }").Passes(),
                Enters("eth0", "icmp R1 > other port-unreachable { udp node:$p > R1:8080 data hello }").Passes(),
            ],
        },
        new("An error that has made too many hops ends, and is not answered")
        {
            Given = Remote,
            Steps =
            [
                Dialled,
                Enters("eth0", "icmp R1 > node port-unreachable { udp node:$p > R1:8080 data hello } ttl 1").Drops(),
            ],
        },
        new("Whoever asks a ClusterIP for an echo is refused")
        {
            Given = Remote with { Rest = true },
            Steps =
            [
                Enters("eth0", "icmp client > cip echo 7 1 data hell")
                    .Redirects("icmp cip > client port-unreachable { icmp client > cip echo 7 1 data hell } df eth eth0 > switch0"),
                Enters("eth0", "icmp client > node echo 7 1 data hell").Passes(),
                Enters("eth0", "icmp client > cip echo-reply 7 1 data hell").Passes(),
            ],
        },
    ];

    [TestCaseSource(nameof(Cases))]
    public void Packet(object given) => Check((PacketCase)given);
}
