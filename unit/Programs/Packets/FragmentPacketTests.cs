using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Programs.Packets.PacketStep;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>Only the first fragment of a packet has ports: the others follow it.</summary>
public sealed class FragmentPacketTests(IpFamily family) : PacketFixture(family)
{
    private const string First = "piece 0 1400 5";
    private const string Second = "piece 1400 608 5";
    private const string FirstOfOther = "piece 0 1400 9";
    private const string SecondOfOther = "piece 1400 608 9";

    private static readonly GivenService Remote = new() { Protocol = Protocol.Udp, Cluster = "R1" };

    /// <summary>A whole packet, which names the port that the fragments have, too.</summary>
    private static readonly PacketStep Whole =
        Enters("eth0", "udp client:40000 > node:30080 data whole").Redirects("udp node:$p > R1:8080 data whole ttl 63 eth eth0 > switch0");

    private static readonly PacketCase[] Cases =
    [
        new("Later fragments go where the first one went, and so do those of the answer")
        {
            Given = Remote,
            Steps =
            [
                Whole,
                Enters("eth0", $"udp client:40000 > node:30080 len 2000 {First}").Redirects($"udp node:$p > R1:8080 len 2000 ttl 63 eth eth0 > switch0 {First}"),
                Enters("eth0", $"udp client:40000 > node:30080 len 2000 {Second}").Redirects($"udp node:$p > R1:8080 len 2000 ttl 63 eth eth0 > switch0 {Second}"),
                Enters("eth0", $"udp R1:8080 > node:$p len 2000 {First}").Redirects($"udp node:30080 > client:40000 len 2000 ttl 63 eth eth0 > switch0 {First}"),
                Enters("eth0", $"udp R1:8080 > node:$p len 2000 {Second}").Redirects($"udp node:30080 > client:40000 len 2000 ttl 63 eth eth0 > switch0 {Second}"),
            ],
        },
        new("What leaves through the stack is followed there")
        {
            Given = new() { Protocol = Protocol.Udp, ExternalPolicy = TrafficPolicy.Local },
            Steps =
            [
                Enters("eth0", $"udp client:40000 > node:30080 len 2000 {First}").Passes($"udp client:40000 > L1:8080 len 2000 {First}"),
                Enters("eth0", $"udp client:40000 > node:30080 len 2000 {Second}").Passes($"udp client:40000 > L1:8080 len 2000 {Second}"),
                Leaves("eth0", $"udp L1:8080 > client:40000 len 2000 {First}", "cni0").Passes($"udp node:30080 > client:40000 len 2000 {First}"),
                Leaves("eth0", $"udp L1:8080 > client:40000 len 2000 {Second}", "cni0").Passes($"udp node:30080 > client:40000 len 2000 {Second}"),
            ],
        },
        new("One that overtook the first is left alone, and one of another packet")
        {
            Given = Remote,
            Steps =
            [
                Whole,
                Enters("eth0", $"udp client:40000 > node:30080 len 2000 {SecondOfOther}").Passes(),
                Enters("eth0", $"udp client:40000 > node:30080 len 2000 {FirstOfOther}").Redirects($"udp node:$p > R1:8080 len 2000 ttl 63 eth eth0 > switch0 {FirstOfOther}"),
                Enters("eth0", "udp client:40000 > node:30080 len 2000 piece 1400 608 6").Passes(),
                Enters("eth0", "udp other:40000 > node:30080 len 2000 piece 1400 608 9").Passes(),
            ],
        },
    ];

    [TestCaseSource(nameof(Cases))]
    public void Packet(object given) => Check((PacketCase)given);
}
