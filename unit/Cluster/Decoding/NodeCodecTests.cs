using System.Text;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Decoding;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Cluster.Decoding;

internal sealed class NodeCodecTests
{
    [Test]
    public void Selectors_NameTheNode() =>
        Assert.That(new NodeCodec(new ProblemList(), new(), "node-a").Selectors, Is.EqualTo("fieldSelector=metadata.name%3Dnode-a"));

    [Test]
    public void Addresses_AreInternalThenExternal()
    {
        var addresses = """
            [{"type":"ExternalIP","address":"198.51.100.1"},{"type":"Hostname","address":"node-a"},{"type":"InternalIP","address":"10.0.0.1"},{"type":"InternalIP","address":"?"}]
            """;

        var node = Read($$"""{"metadata":{"name":"node-a"},"status":{"addresses":{{addresses}} } }""");

        Assert.That(node.Addresses.ToString(), Is.EqualTo("[10.0.0.1, 198.51.100.1]"));
    }

    [TestCase("""{"topology.kubernetes.io/zone":"z1"}""", "z1")]
    [TestCase("""{"topology.kubernetes.io/zone":""}""", null)]
    [TestCase("""{}""", null)]
    public void Zone_IsTheLabel(string labels, string? zone) =>
        Assert.That(Read($$"""{"metadata":{"name":"node-a","labels":{{labels}} } }""").Zone, Is.EqualTo(zone));

    [TestCase("""{"metadata":{"name":"node-a"}}""", false)]
    [TestCase("""{"metadata":{"name":"node-a","deletionTimestamp":"2026-11-21T00:03:45Z"}}""", true)]
    [TestCase("""{"metadata":{"name":"node-a"},"spec":{"taints":[{"key":"ToBeDeletedByClusterAutoscaler"}]}}""", true)]
    [TestCase("""{"metadata":{"name":"node-a"},"spec":{"unschedulable":true,"taints":[{"key":"other"}]}}""", false)]
    public void Leaving_IsDeletedOrTainted(string json, bool expected) => Assert.That(Read(json).IsLeaving, Is.EqualTo(expected));

    [Test]
    public void SinglePodCidr_CountsWhereThereIsNoList() => Assert.That(
        Read("""{"metadata":{"name":"node-a"},"spec":{"podCIDR":"10.244.1.0/24"}}""").PodCidrs.ToString(), Is.EqualTo("[10.244.1.0/24]"));

    private static Node Read(string json) =>
        new NodeCodec(new ProblemList(), new(), "node-a").Decode(WireFormat.Json, new(Encoding.UTF8.GetBytes(json)), new ProblemList()).Object!;
}
