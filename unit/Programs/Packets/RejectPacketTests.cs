using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Programs.Packets.PacketStep;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>Who is refused is told so, by the device that asked (behaviour 4.8).</summary>
public sealed class RejectPacketTests(IpFamily family) : PacketFixture(family)
{
    private static readonly GivenService Nobody = new() { Cluster = "", Local = "", Rest = true };

    private static readonly PacketCase[] Cases =
    [
        new("SYN without a backend is reset")
        {
            Given = Nobody,
            Steps = [Enters("eth0", "tcp client:40000 > node:30080 S seq 7").Redirects("tcp node:30080 > client:40000 RA seq 0 ack 8 win 0 df eth eth0 > switch0")],
        },
        new("The middle of an unknown connection is reset where it believes to be")
        {
            Steps =
            [
                Enters("eth0", "tcp client:40000 > node:30080 A seq 7 ack 99 data hello")
                    .Redirects("tcp node:30080 > client:40000 R seq 99 ack 0 win 0 df eth eth0 > switch0"),
            ],
        },
        new("A reset is never answered")
        {
            Given = Nobody,
            Steps = [Enters("eth0", "tcp client:40000 > node:30080 R").Drops()],
        },
        new("A datagram without a backend is unreachable")
        {
            Given = Nobody with { Protocol = Protocol.Udp },
            Steps =
            [
                Enters("eth0", "udp client:40000 > node:30080 data four")
                    .Redirects("icmp node > client port-unreachable { udp client:40000 > node:30080 data four } df eth eth0 > switch0"),
            ],
        },
        new("So is one to a port that a ClusterIP does not have, from the node to its own stack")
        {
            Given = Nobody,
            Steps =
            [
                Leaves("eth0", "udp node:40000 > cip:81 data four")
                    .Redirects("icmp cip > node port-unreachable { udp node:40000 > cip:81 data four } df eth switch0 > eth0"),
            ],
        },
        new("What was sent to other hosts, or to all, is left alone")
        {
            Given = Nobody,
            Steps =
            [
                Enters("eth0", "tcp client:40000 > node:30080 S eth switch0 > ff:ff:ff:ff:ff:ff").Passes(),
                Enters("eth0", "tcp client:40000 > node:30080 S eth switch0 > 02:00:00:00:00:99").Passes(),
            ],
        },
        new("A source that is no host's is left to the stack")
        {
            Given = Nobody,
            Steps = [Enters("eth0", "tcp 127.0.0.7:40000 > node:30080 S").Passes()],
        },
    ];

    [TestCaseSource(nameof(Cases))]
    public void Packet(object given) => Check((PacketCase)given);
}
