using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>The matrices of who gets what (behaviour 4.3, 4.4), line by line, for packets.</summary>
public sealed class PacketMatrixTests(IpFamily family) : PacketMatrixFixture(family)
{
    [TestCase("pod", TrafficPolicy.Cluster, "R1", "", "R1")]
    [TestCase("pod", TrafficPolicy.Cluster, "R2", "", "R2")]
    [TestCase("pod", TrafficPolicy.Cluster, "L1", "", "L1 S", Description = "both are at one bridge")]
    [TestCase("pod", TrafficPolicy.Local, "R1", "L1", "L1 S", Description = "both are at one bridge")]
    [TestCase("pod", TrafficPolicy.Local, "R1", "", "drop")]
    [TestCase("client", TrafficPolicy.Cluster, "R1", "", "R1 S")]
    [TestCase("client", TrafficPolicy.Cluster, "R2", "", "R2 S")]
    [TestCase("client", TrafficPolicy.Cluster, "L1", "", "L1 S")]
    [TestCase("client", TrafficPolicy.Local, "R1", "L1", "L1 S")]
    [TestCase("client", TrafficPolicy.Local, "R1", "", "drop")]
    [TestCase("host", TrafficPolicy.Cluster, "R1", "", "R1 S")]
    [TestCase("host", TrafficPolicy.Cluster, "R2", "", "R2 S")]
    [TestCase("host", TrafficPolicy.Cluster, "L1", "", "L1 S")]
    [TestCase("host", TrafficPolicy.Local, "R1", "L1", "L1 S")]
    [TestCase("host", TrafficPolicy.Local, "R1", "", "drop")]
    public void ClusterIP_ByInternalPolicy(string sender, TrafficPolicy policy, string cluster, string local, string expected) =>
        Check(ClusterIP, sender, new() { InternalPolicy = policy, Cluster = cluster, Local = local }, new(), expected);

    [TestCase("pod", TrafficPolicy.Cluster, "R1", "", "R1 S")]
    [TestCase("pod", TrafficPolicy.Cluster, "R2", "", "R2 S")]
    [TestCase("pod", TrafficPolicy.Cluster, "L1", "", "L1 S")]
    [TestCase("pod", TrafficPolicy.Local, "R1", "L1", "R1", Description = "the short-circuit")]
    [TestCase("pod", TrafficPolicy.Local, "R1", "", "R1")]
    [TestCase("client", TrafficPolicy.Cluster, "R1", "", "R1 S")]
    [TestCase("client", TrafficPolicy.Cluster, "R2", "", "R2 S")]
    [TestCase("client", TrafficPolicy.Cluster, "L1", "", "L1 S")]
    [TestCase("client", TrafficPolicy.Local, "R1", "L1", "L1")]
    [TestCase("client", TrafficPolicy.Local, "R1", "", "drop")]
    [TestCase("host", TrafficPolicy.Cluster, "R1", "", "R1 S")]
    [TestCase("host", TrafficPolicy.Local, "R1", "L1", "R1 S", Description = "the short-circuit")]
    [TestCase("host", TrafficPolicy.Local, "R1", "", "R1 S")]
    [TestCase("host", TrafficPolicy.Local, "R2", "", "R2 S")]
    public void External_ByExternalPolicy(string sender, TrafficPolicy policy, string cluster, string local, string expected) =>
        Check(External, sender, new() { ExternalPolicy = policy, InternalPolicy = TrafficPolicy.Local, Cluster = cluster, Local = local }, new(), expected);

    [TestCase("pod", "R1", "R1 S")]
    [TestCase("pod", "L1", "L1 S")]
    [TestCase("client", "R1", "R1 S")]
    [TestCase("client", "L1", "L1 S")]
    public void ClusterIP_MasqueradeAll(string sender, string cluster, string expected) =>
        Check(ClusterIP, sender, new() { Cluster = cluster }, new() { MasqueradeAll = true }, expected);

    [TestCase("pod", "R1", "R1")]
    [TestCase("client", "R1", "R1")]
    [TestCase("client", "L1", "L1")]
    public void ClusterIP_NoDetector_KeepsWhoeverAsks(string sender, string cluster, string expected) =>
        Check(ClusterIP, sender, new() { Cluster = cluster }, new() { Detector = LocalDetector.None }, expected);

    [TestCase(TrafficPolicy.Cluster, "R1 S")]
    [TestCase(TrafficPolicy.Local, "L1 S", Description = "a pod is a client from outside then: scenario 23; both are at one bridge")]
    public void External_NoDetector_PodIsOutside(TrafficPolicy policy, string expected) =>
        Check(External, "pod", new() { ExternalPolicy = policy, Cluster = "R1", Local = "L1" }, new() { Detector = LocalDetector.None }, expected);

    [TestCase("pod", "R1")]
    [TestCase("client", "R1 S")]
    public void ClusterIP_DetectorOfDevices(string sender, string expected) =>
        Check(ClusterIP, sender, new() { Cluster = "R1" }, new() { Detector = LocalDetector.Device }, expected);

    [TestCase("R1", "L1", Description = "another node's pod is outside, whatever its address says")]
    [TestCase("n2", "L1", Description = "scenario 24")]
    public void External_Local_OtherNodes_GetWhatIsHere(string sender, string expected) =>
        Check(External, sender, new() { ExternalPolicy = TrafficPolicy.Local, Cluster = "R2", Local = "L1" }, new(), expected);

    [TestCase("L1", "cip:80", TrafficPolicy.Cluster)]
    [TestCase("L1", "node:30080", TrafficPolicy.Cluster)]
    [TestCase("L1", "lb:80", TrafficPolicy.Local)]
    public void Hairpin_IsMasqueraded(string sender, string destination, TrafficPolicy policy) =>
        Check([destination], sender, new() { ExternalPolicy = policy, Cluster = "L1", Local = "L1" }, new(), "L1 S");

    [TestCase("client", "R1 S")]
    [TestCase("other", "drop")]
    [TestCase("pod", "drop")]
    public void LoadBalancerIP_SourceRanges(string sender, string expected) =>
        Check(["lb:80"], sender, new() { Cluster = "R1", SourceRanges = ["198.51.100.0/25", "192.0.2.0/24"] }, new(), expected);

    [TestCase("other", "node:30080")]
    [TestCase("other", "eip:80")]
    public void SourceRanges_AreTheLoadBalancersAlone(string sender, string destination) =>
        Check([destination], sender, new() { Cluster = "R1", SourceRanges = ["198.51.100.0/25"] }, new(), "R1 S");

    [Test]
    public void SourceRanges_GoBeforeBackends() =>
        Check(["lb:80"], "other", new() { Cluster = "", Local = "", SourceRanges = ["198.51.100.0/25"] }, new(), "drop");

    [TestCase("node:30081")]
    [TestCase("node:80")]
    [TestCase("cip:30080")]
    [TestCase("node-b:30080", Description = "no address for NodePorts")]
    [TestCase("R1:8080")]
    public void NobodysFrontend_IsLeftAlone(string destination) => Check([destination], "client", new() { Cluster = "R1" }, new(), "left alone");
}
