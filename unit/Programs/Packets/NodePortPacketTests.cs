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

    [Test]
    public void PortUsedAgain_AtAnotherFrontendOfTheSameBackend_LeavesNothingOfTheConnectionBefore()
    {
        Check(new("A connection to a backend on this node, which its client resets, and once more, which gets another port by chance")
        {
            Given = new() { Cluster = "L1" },
            Steps =
            [
                Enters("eth0", "tcp client:40000 > node:30080 S").Passes("tcp client:40000 > L1:8080 S"),
                Leaves("cni0", "tcp client:40000 > L1:8080 S", "eth0").Passes("tcp bridge:$p > L1:8080 S"),
                Enters("cni0", "tcp L1:8080 > bridge:$p SA").Redirects("tcp L1:8080 > client:40000 SA"),
                Leaves("eth0", "tcp L1:8080 > client:40000 SA", "cni0").Passes("tcp node:30080 > client:40000 SA"),
                Enters("eth0", "tcp client:40000 > node:30080 R").Passes("tcp client:40000 > L1:8080 R"),
                Leaves("cni0", "tcp client:40000 > L1:8080 R", "eth0").Passes("tcp bridge:$p > L1:8080 R"),
                Enters("eth0", "tcp client:40000 > node:30080 S").Passes("tcp client:40000 > L1:8080 S"),
                Leaves("cni0", "tcp client:40000 > L1:8080 S", "eth0").Passes("tcp bridge:$q > L1:8080 S"),
                Enters("eth0", "tcp client:40000 > node:30080 R").Passes("tcp client:40000 > L1:8080 R"),
                Leaves("cni0", "tcp client:40000 > L1:8080 R", "eth0").Passes("tcp bridge:$q > L1:8080 R"),
            ],
        });

        Tested.Age(ticks: 10);

        Check(new("The next one from its port, to the load balancer's address")
        {
            Given = new() { Cluster = "L1" },
            Steps =
            [
                Enters("eth0", "tcp client:40000 > lb:80 S").Passes("tcp client:40000 > L1:8080 S"),
                Leaves("cni0", "tcp client:40000 > L1:8080 S", "eth0").Passes("tcp bridge:$p > L1:8080 S"),
            ],
            Flows =
            [
                "in tcp client:40000 > lb:80 => client:40000 > L1:8080",
                "out tcp L1:8080 > client:40000 => lb:80 > client:40000",
                "out tcp client:40000 > L1:8080 => bridge:$p > L1:8080",
                "in tcp L1:8080 > bridge:$p => L1:8080 > client:40000",
            ],
        });
    }
}
