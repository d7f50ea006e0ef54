using System.Text;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Decoding;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Cluster.Decoding;

internal sealed class ServiceCidrCodecTests
{
    private ProblemList _problems = null!;

    [SetUp]
    public void Forget() => _problems = new();

    [TestCase("""{"cidrs":["10.96.0.0/12","fd00:10:96::/108"]}""", "[10.96.0.0/12, fd00:10:96::/108]")]
    [TestCase("""{"cidrs":["010.096.000.010/012"]}""", "[10.96.0.0/12]", Description = "padded, and with host bits")]
    [TestCase("""{"cidrs":["::ffff:10.96.0.0/108"]}""", "[10.96.0.0/12]")]
    [TestCase("""{"cidrs":null}""", "[]")]
    [TestCase("""{}""", "[]")]
    public void Networks_AreNormalised(string spec, string networks)
    {
        Assert.That($"{Read(spec).Networks}", Is.EqualTo(networks));
        Assert.That(_problems.Texts, Is.Empty);
    }

    [Test]
    public void UnusableNetwork_IsLeftOut_AndSaid()
    {
        var cidr = Read("""{"cidrs":["10.96.0.0","fd00::/108"," 10.0.0.0/8","10.0.0.0/33",""]}""");

        Assert.That($"{cidr.Networks}", Is.EqualTo("[fd00::/108]"));
        Assert.That(_problems.Texts, Is.EqualTo(new[]
        {
            "spec.cidrs[0] BadAddress", "spec.cidrs[2] BadAddress", "spec.cidrs[3] BadAddress", "spec.cidrs[4] BadAddress",
        }));
    }

    [Test]
    public void ObjectThatIsDeletedOrNotReady_Counts() => Assert.That(
        Decode("""
            {"metadata":{"name":"a","deletionTimestamp":"2026-11-21T00:03:45Z"},"spec":{"cidrs":["10.0.0.0/8"]},
             "status":{"conditions":[{"type":"Ready","status":"False"}]}}
            """).Object!.Networks,
        Has.Count.EqualTo(1));

    [Test]
    public void UnnamedObject_IsRefused()
    {
        Assert.That(Decode("""{"metadata":{},"spec":{"cidrs":["10.0.0.0/8"]}}""").Object, Is.Null);
        Assert.That(_problems.Texts, Is.EqualTo(new[] { "metadata MissingName" }));
    }

    private ServiceCidr Read(string spec) => Decode($$"""{"metadata":{"name":"a"},"spec":{{spec}} }""").Object!;

    private Decoded<ServiceCidr> Decode(string json) =>
        new ServiceCidrCodec(_problems, new()).Decode(WireFormat.Json, new(Encoding.UTF8.GetBytes(json)), _problems);
}
