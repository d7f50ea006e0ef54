using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Programs.Packets.PacketStep;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>Packets past the stack that cannot go on as they are: R2 is behind a device with a smaller MTU.</summary>
public sealed class MtuPacketTests(IpFamily family) : PacketFixture(family)
{
    private static readonly GivenService Remote = new() { Protocol = Protocol.Udp, Cluster = "R2" };

    /// <summary>What an answer of ours quotes of a long packet, behind its IP header.</summary>
    private int Quoted => 480 - (Family == IpFamily.IPv4 ? 20 : 40);

    [Test]
    public void PacketTooLarge_SenderIsToldTheMtu() => Check(
        Enters("eth0", "udp client:40000 > node:30080 len 1452 df")
            .Redirects($"icmp node > client too-big 1400 {{ udp client:40000 > node:30080 len 1452 df cut {Quoted} }} df eth eth0 > switch0"));

    [Test]
    public void SegmentsTooLarge_SenderIsToldTheMtu()
    {
        var segments = Enters("eth0", "udp client:40000 > node:30080 len 2800 df") with { SegmentSize = 1400 };

        Check(segments.Redirects($"icmp node > client too-big 1400 {{ udp client:40000 > node:30080 len 2800 df cut {Quoted} }} df eth eth0 > switch0"));
    }

    [Test]
    public void LastHop_SenderIsTold() => Check(
        Enters("eth0", "udp client:40000 > node:30080 data four ttl 1")
            .Redirects("icmp node > client time-exceeded { udp client:40000 > node:30080 data four ttl 1 } df eth eth0 > switch0"));

    [Test]
    public void PacketThatMayBeCut_ComesInAnewAsTwo()
    {
        const string Packet = "udp client:40000 > node:30080 len 1452 id 5";

        // The first part is sent by the program, on its own; the second is what is left of the packet.
        var given = Enters("eth0", Packet);
        Check(Family == IpFamily.IPv4
            ? given.Redirects("udp client:40000 > node:30080 len 1452 piece 1376 84 5")
            : given.Redirects($"icmp node > client too-big 1400 {{ {Packet} cut {Quoted} }} eth eth0 > switch0"));
    }

    [Test]
    public void FragmentThatMayBeCut_KeepsItsPlace()
    {
        var given = Enters("eth0", "udp client:40000 > node:30080 len 3000 piece 1000 1480 5");

        Check(
            Enters("eth0", "udp client:40000 > node:30080 data whole").Redirects("udp node-b:$p > R2:8080 data whole ttl 63 eth eth1 > switch1"),
            Enters("eth0", "udp client:40000 > node:30080 len 3000 piece 0 1000 5")
                .Redirects("udp node-b:$p > R2:8080 len 3000 ttl 63 eth eth1 > switch1 piece 0 1000 5"),
            Family == IpFamily.IPv4 ? given.Redirects("udp client:40000 > node:30080 len 3000 piece 2376 104 5") : given.Drops());
    }

    private void Check(params PacketStep[] steps) => Check(new PacketCase("") { Given = Remote, Steps = steps });
}
