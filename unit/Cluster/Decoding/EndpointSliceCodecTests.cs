using System.Text;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Decoding;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Cluster.Decoding;

internal sealed class EndpointSliceCodecTests
{
    private const string Labels = """{"kubernetes.io/service-name":"web"}""";

    private ProblemList _problems = null!;

    private EndpointSliceCodec Codec => new(_problems, new());

    [SetUp]
    public void Forget() => _problems = new();

    [Test]
    public void Selectors_AreThoseOfKubeProxy() =>
        Assert.That(Codec.Selectors, Is.EqualTo("labelSelector=%21service.kubernetes.io%2Fheadless"));

    [TestCase("""{"name":"http","port":80}""", "http Tcp 80", null)]
    [TestCase("""{"name":"","port":53,"protocol":"UDP"}""", " Udp 53", null)]
    [TestCase("""{"port":80}""", null, "ports[0].name MissingPortName")]
    [TestCase("""{"name":"http"}""", null, "ports[0].port MissingPort")]
    [TestCase("""{"name":"http","port":0}""", null, "ports[0].port BadPort")]
    [TestCase("""{"name":"http","port":65536}""", null, "ports[0].port BadPort")]
    [TestCase("""{"name":"http","port":80,"protocol":"ICMP"}""", null, "ports[0].protocol BadProtocol")]
    public void Port_IsTakenOrLeftOut(string port, string? expected, string? problem)
    {
        var slice = Read($$"""[{{port}}]""", "[]")!;

        Assert.That(slice.Ports.Select(p => $"{p.Name} {p.Protocol} {p.Port}").SingleOrDefault(), Is.EqualTo(expected));
        Assert.That(_problems.Texts.SingleOrDefault(), Is.EqualTo(problem));
    }

    [TestCase("""{"addresses":["10.0.0.1","10.0.0.2"]}""", "10.0.0.1", null)]
    [TestCase("""{"addresses":["010.0.0.01"]}""", "10.0.0.1", null)]
    [TestCase("""{"addresses":[]}""", null, "endpoints[0].addresses MissingAddress")]
    [TestCase("""{}""", null, "endpoints[0].addresses MissingAddress")]
    [TestCase("""{"addresses":["web.example.org"]}""", null, "endpoints[0].addresses[0] BadAddress")]
    [TestCase("""{"addresses":["fd00::1"]}""", null, "endpoints[0].addresses[0] WrongFamily")]
    public void Address_IsTheFirstIfItCanBeUsed(string endpoint, string? expected, string? problem)
    {
        var slice = Read("[]", $$"""[{{endpoint}}]""")!;

        Assert.That(slice.Endpoints.Select(e => e.Ip.ToString()).SingleOrDefault(), Is.EqualTo(expected));
        Assert.That(_problems.Texts.SingleOrDefault(), Is.EqualTo(problem));
    }

    [TestCase("""{}""", EndpointConditions.Ready | EndpointConditions.Serving)]
    [TestCase("""{"ready":false}""", EndpointConditions.Serving)]
    [TestCase("""{"serving":false}""", EndpointConditions.Ready)]
    [TestCase("""{"terminating":true}""", EndpointConditions.Ready | EndpointConditions.Serving | EndpointConditions.Terminating)]
    [TestCase("""{"ready":false,"serving":false,"terminating":true}""", EndpointConditions.Terminating)]
    public void Conditions_HaveTheirDefaults(string conditions, EndpointConditions expected)
    {
        var slice = Read("[]", $$"""[{"addresses":["10.0.0.1"],"conditions":{{conditions}}}]""")!;

        Assert.That(slice.Endpoints[0].Conditions, Is.EqualTo(expected));
    }

    [Test]
    public void BadEndpoint_LeavesTheOthersInForce()
    {
        var slice = Read("[]", """[{"addresses":["x"]},{"addresses":["10.0.0.2"],"nodeName":"","hints":{"forZones":[]}}]""")!;

        Assert.That(slice.Endpoints, Is.EqualTo(new[] { new Endpoint(IpAddress.Parse("10.0.0.2")) }));
    }

    [TestCase("IPv4", """{"kubernetes.io/service-name":"web","service.kubernetes.io/headless":""}""")]
    [TestCase("IPv4", """{}""")]
    [TestCase("IPv4", """{"kubernetes.io/service-name":""}""")]
    [TestCase("FQDN", Labels)]
    [TestCase("", Labels)]
    public void SliceThatSaysNothing_IsAbsent(string addressType, string labels) =>
        Assert.That(Decode("[]", "[]", addressType, labels).IsAbsent, Is.True);

    [Test]
    public void NullLists_AreEmpty()
    {
        var slice = Read("null", "null")!;

        Assert.That((slice.Ports.Count, slice.Endpoints.Count), Is.EqualTo((0, 0)));
        Assert.That(_problems.Texts, Is.Empty);
    }

    private EndpointSlice? Read(string ports, string endpoints) => Decode(ports, endpoints, "IPv4", Labels).Object;

    private Decoded<EndpointSlice> Decode(string ports, string endpoints, string addressType, string labels)
    {
        var json = $$"""
            {"metadata":{"name":"web-1","namespace":"shop","labels":{{labels}}},"addressType":"{{addressType}}","ports":{{ports}},"endpoints":{{endpoints}}}
            """;
        return Codec.Decode(WireFormat.Json, new(Encoding.UTF8.GetBytes(json)), _problems);
    }
}
