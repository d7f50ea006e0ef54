using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Programs.Packets.PacketStep;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>The checksum of SCTP covers the whole packet, and follows the ports all the same: held against a CRC32c of all bytes.</summary>
public sealed class SctpPacketTests(IpFamily family) : PacketFixture(family)
{
    private static readonly GivenService Remote = new() { Protocol = Protocol.Sctp, Cluster = "R1" };

    private static readonly int[] Lengths = [4, 5, 8, 100, 255, 256, 1000, 1400];

    [TestCaseSource(nameof(Lengths))]
    public void Association_ChecksumsAreThoseOfTheNewPackets(int length) => Check(new PacketCase("")
    {
        Given = Remote,
        Steps =
        [
            Enters("eth0", "sctp client:40000 > node:30080 INIT").Redirects("sctp node:$p > R1:8080 INIT ttl 63 eth eth0 > switch0"),
            Enters("eth0", $"sctp R1:8080 > node:$p {Chunk(length)}").Redirects($"sctp node:30080 > client:40000 {Chunk(length)} ttl 63 eth eth0 > switch0"),
            Enters("eth0", $"sctp client:40000 > node:30080 {Chunk(length)}").Redirects($"sctp node:$p > R1:8080 {Chunk(length)} ttl 63 eth eth0 > switch0"),
        ],
    });

    [Test]
    public void ChecksumLeftToTheDevice_StaysSo() => Check(new PacketCase("")
    {
        Given = Remote,
        Steps = [Enters("eth0", "sctp client:40000 > node:30080 INIT sum 0").Redirects("sctp node:$p > R1:8080 INIT sum 0 ttl 63 eth eth0 > switch0")],
    });

    [Test]
    public void QuotedChecksum_IsThatOfTheQuotedPacket() => Check(new PacketCase("")
    {
        Given = Remote,
        Steps =
        [
            Enters("eth0", "sctp client:40000 > node:30080 INIT").Redirects("sctp node:$p > R1:8080 INIT ttl 63 eth eth0 > switch0"),
            Enters("eth0", "icmp n2 > node too-big 1300 { sctp node:$p > R1:8080 INIT }")
                .Redirects("icmp node > client too-big 1300 { sctp client:40000 > node:30080 INIT } ttl 63 eth eth0 > switch0"),
        ],
    });

    /// <summary>One chunk of type DATA.</summary>
    private static string Chunk(int length) => $"chunks 0003{length:x4}{string.Concat(Enumerable.Range(4, length - 4).Select(index => $"{index & 0xff:x2}"))}";
}
