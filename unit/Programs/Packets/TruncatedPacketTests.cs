using KubeProxyNext.Bpf;
using KubeProxyNext.Model;
using KubeProxyNext.Packets;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>Packets that end too early, each at every length that a test run takes: none is translated, or in part.</summary>
public sealed class TruncatedPacketTests(IpFamily family) : PacketFixture(family)
{
    [TestCase("tcp client:5000 > node:30080 S mss 1460", Protocol.Tcp)]
    [TestCase("udp client:5000 > node:30080 len 20", Protocol.Udp)]
    [TestCase("sctp client:5000 > node:30080 INIT", Protocol.Sctp)]
    public void Prefix_IsLeftAlone(string text, Protocol protocol)
    {
        Apply(new() { Cluster = "R1", Protocol = protocol });
        var uplink = NodeDevice.Uplink;
        var whole = PacketText.Parse(text, Tested.Book.At(new(uplink.NeighbourMac, uplink.Mac))).ToBytes();

        Tested.InNetwork(() =>
        {
            for (var length = EthernetHeader.Size + (Family == IpFamily.IPv4 ? 20 : 40); length < whole.Length; length++)
            {
                Assert.That(Run(whole[..length]), Is.EqualTo((PacketVerdict.Pass, Convert.ToHexString(whole.AsSpan(0, length)))), $"{length} bytes");
            }

            Assert.That(Run(whole).Verdict, Is.EqualTo(PacketVerdict.Redirect), "all of it");
        });
    }

    private (PacketVerdict Verdict, string Packet) Run(byte[] packet)
    {
        var changed = new byte[packet.Length];
        var context = new PacketContext { Device = NodeDevice.Uplink.Index, IngressDevice = NodeDevice.Uplink.Index };
        var run = Tested.Run(PacketHook.Ingress, packet, changed, ref context);
        return ((PacketVerdict)run.Verdict, Convert.ToHexString(changed.AsSpan(0, run.Length)));
    }
}
