using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Programs.Packets.PacketStep;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>Ways to backends that first packets remember for each other.</summary>
public sealed class RouteCacheTests(IpFamily family) : PacketFixture(family)
{
    private static readonly GivenService Remote = new() { Cluster = "R1" };

    private string Pods => $"{FamilyText.Network(Family, "10.244.2.0/24")}";

    private string Uplink => $"via {FamilyText.Address(Family, "192.0.2.21")} dev eth0";

    private string Overlay => $"via {FamilyText.Address(Family, "192.0.3.41")} dev eth1";

    [TearDown]
    public void RestoreRoute() => Tested.ChangeNetwork($"route replace {Pods} {Uplink}");

    [Test]
    public void Way_AfterRoutesChanged_IsTheNewOne()
    {
        Check(Begins("eth0", 40000, "node", "eth eth0 > switch0"));
        Tested.ChangeNetwork($"route replace {Pods} {Overlay}");

        Check(Begins("eth0", 40001, "node-b", "eth eth1 > switch1") with { Node = new() { HopGeneration = 2 } });
    }

    [Test]
    public void Way_OfPacketsByAnotherDevice_IsTheirOwn()
    {
        Tested.ChangeNetwork($"route add {Pods} {Overlay} table 7", $"rule add iif eth1 to {Pods} lookup 7");

        Check(Begins("eth0", 40000, "node", "eth eth0 > switch0"));
        Check(Begins("eth1", 40001, "node-b", "eth eth1 > switch1"));

        Tested.ChangeNetwork($"rule del iif eth1 to {Pods} lookup 7");
    }

    private static PacketCase Begins(string device, int port, string source, string link) => new("first packet")
    {
        Given = Remote,
        Steps = [Enters(device, $"tcp client:{port} > node:30080 S mss 1360").Redirects($"tcp {source}:$p > R1:8080 S mss 1360 ttl 63 {link}")],
    };
}
