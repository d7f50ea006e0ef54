using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Programs.Packets.PacketStep;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>Clients outside of the node that dial a NodePort (behaviour 4.4).</summary>
public sealed class NodePortPacketTests(IpFamily family) : PacketFixture(family)
{
    private static readonly PacketCase[] Cases =
    [
        new("SYN to a remote backend leaves with the node's address, past the stack")
        {
            Given = new() { Cluster = "R1" },
            Steps =
            [
                Enters("eth0", "tcp client:40000 > node:30080 S mss 1460").Redirects("tcp node:$p > R1:8080 S mss 1460 ttl 63 eth eth0 > switch0"),
                Enters("eth0", "tcp R1:8080 > node:$p SA mss 1460").Redirects("tcp node:30080 > client:40000 SA mss 1460 ttl 63 eth eth0 > switch0"),
                Enters("eth0", "tcp client:40000 > node:30080 A data hello").Redirects("tcp node:$p > R1:8080 A data hello ttl 63 eth eth0 > switch0"),
            ],
            Flows =
            [
                "in tcp client:40000 > node:30080 => node:$p > R1:8080",
                "in tcp R1:8080 > node:$p => node:30080 > client:40000",
            ],
        },
    ];

    [TestCaseSource(nameof(Cases))]
    public void Packet(object given) => Check((PacketCase)given);
}
