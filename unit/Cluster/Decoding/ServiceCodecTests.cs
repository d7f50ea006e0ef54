using System.Text;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Decoding;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Cluster.Decoding;

internal sealed class ServiceCodecTests
{
    private ProblemList _problems = null!;

    private ServiceCodec Codec => new(_problems, new());

    [SetUp]
    public void Forget() => _problems = new();

    [Test]
    public void Selectors_AreThoseOfKubeProxy() => Assert.That(Codec.Selectors, Is.EqualTo(
        "labelSelector=%21service.kubernetes.io%2Fservice-proxy-name&fieldSelector=spec.clusterIP%21%3DNone"));

    [TestCase("""{"clusterIP":"10.0.0.1"}""", "10.0.0.1", null, Description = "an old object, by the address's own family")]
    [TestCase("""{"clusterIP":"fd00::1"}""", null, "fd00::1")]
    [TestCase("""{"clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1","fd00::1"],"ipFamilies":["IPv4","IPv6"]}""", "10.0.0.1", "fd00::1")]
    [TestCase("""{"clusterIP":"fd00::1","clusterIPs":["fd00::1","10.0.0.1"],"ipFamilies":["IPv6","IPv4"]}""", "10.0.0.1", "fd00::1")]
    [TestCase("""{"clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1"],"ipFamilies":["IPv4","IPv6"]}""", "10.0.0.1", null)]
    [TestCase("""{"clusterIP":"None","clusterIPs":["10.0.0.1"],"ipFamilies":["IPv4"]}""", null, null, Description = "headless")]
    [TestCase("""{"clusterIP":"","clusterIPs":["10.0.0.1"],"ipFamilies":["IPv4"]}""", null, null)]
    [TestCase("""{"clusterIP":"10.96.000.010"}""", "10.96.0.10", null)]
    [TestCase("""{"clusterIP":"::ffff:10.0.0.1"}""", "10.0.0.1", null)]
    public void ClusterIP_IsChosenByFamily(string spec, string? v4, string? v6)
    {
        var service = Read(spec);

        Assert.That((service.ClusterIPv4?.ToString(), service.ClusterIPv6?.ToString()), Is.EqualTo((v4, v6)));
        Assert.That(_problems.Texts, Is.Empty);
    }

    [TestCase("""{"clusterIP":"10.0.0.256"}""", "spec.clusterIPs BadAddress")]
    [TestCase("""{"clusterIP":"0.0.0.0"}""", "spec.clusterIPs SpecialAddress")]
    [TestCase("""{"clusterIP":"fd00::1","clusterIPs":["fd00::1"],"ipFamilies":["IPv4"]}""", "spec.clusterIPs WrongFamily")]
    public void UnusableClusterIP_IsLeftOut(string spec, string problem)
    {
        var service = Read(spec);

        Assert.That((service.ClusterIPv4, service.ClusterIPv6), Is.EqualTo(default((IpAddress?, IpAddress?))));
        Assert.That(_problems.Texts, Is.EqualTo(new[] { problem }));
    }

    [TestCase("""{"port":80}""", "[tcp 80]", null)]
    [TestCase("""{"port":53,"protocol":"UDP"}""", "[udp 53]", null)]
    [TestCase("""{"port":7,"protocol":"SCTP"}""", "[sctp 7]", null)]
    [TestCase("""{"port":0}""", "[]", "spec.ports[0].port BadPort")]
    [TestCase("""{"port":65536}""", "[]", "spec.ports[0].port BadPort")]
    [TestCase("""{"port":-1}""", "[]", "spec.ports[0].port BadPort")]
    [TestCase("""{"port":80,"protocol":"tcp"}""", "[]", "spec.ports[0].protocol BadProtocol")]
    [TestCase("""{"port":80,"nodePort":70000}""", "[tcp 80]", "spec.ports[0].nodePort BadPort")]
    [TestCase("""{"port":80,"targetPort":"http"}""", "[tcp 80]", null)]
    public void Port_IsTakenOrLeftOut(string port, string expected, string? problem)
    {
        var service = Read($$"""{"ports":[{{port}}]}""");

        var ports = service.Ports.Select(port => $"{port.Protocol} {port.Port}".ToLowerInvariant());
        Assert.That($"[{string.Join(", ", ports)}]", Is.EqualTo(expected));
        Assert.That(_problems.Texts, Is.EqualTo(problem is null ? [] : new[] { problem }));
    }

    [Test]
    public void BadPort_LeavesTheOthersInForce()
    {
        var service = Read("""{"ports":[{"name":"a","port":0},{"name":"b","port":80}]}""");

        Assert.That(service.Ports.Select(port => port.Name), Is.EqualTo(new[] { "b" }));
    }

    [TestCase("""{"sessionAffinity":"None"}""", null)]
    [TestCase("""{}""", null)]
    [TestCase("""{"sessionAffinity":"ClientIP"}""", 10800)]
    [TestCase("""{"sessionAffinity":"ClientIP","sessionAffinityConfig":{}}""", 10800)]
    [TestCase("""{"sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":60}}}""", 60)]
    [TestCase("""{"sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":0}}}""", 10800)]
    [TestCase("""{"sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":86401}}}""", 10800)]
    public void Affinity_HasADefaultTimeout(string spec, int? seconds) =>
        Assert.That(Read(spec).AffinityTimeout?.TotalSeconds, Is.EqualTo(seconds));

    [Test]
    public void ExternalAddresses_AreTakenWhereTheyCanBe()
    {
        var service = Read(
            """{"externalIPs":["192.0.2.007"," 192.0.2.8","","0.0.0.0","127.0.0.1","224.0.0.1","::1","2001:db8::1"]}""",
            """{"loadBalancer":{"ingress":[{"ip":"198.51.100.1"},{"ip":"198.51.100.2","ipMode":"VIP"},{"ip":"198.51.100.3","ipMode":"Proxy"},{"hostname":"x"},{"ip":"nonsense"},{"ip":"::"}]}}""");

        Assert.That(service.ExternalIPs.ToString(), Is.EqualTo("[192.0.2.7, 2001:db8::1]"));
        Assert.That(service.LoadBalancerIPs.ToString(), Is.EqualTo("[198.51.100.1, 198.51.100.2]"));
        Assert.That(_problems.Texts, Is.EqualTo(new[]
        {
            "spec.externalIPs[1] BadAddress",
            "spec.externalIPs[3] SpecialAddress",
            "spec.externalIPs[4] SpecialAddress",
            "spec.externalIPs[5] SpecialAddress",
            "spec.externalIPs[6] SpecialAddress",
            "status.loadBalancer.ingress[4] BadAddress",
            "status.loadBalancer.ingress[5] SpecialAddress",
        }));
    }

    [Test]
    public void SourceRanges_AreTrimmedAndMasked()
    {
        var service = Read("""{"loadBalancerSourceRanges":[" 198.51.100.077/025 ","","300.0.0.0/8","2001:db8::/32"]}""");

        Assert.That(service.LoadBalancerSourceRanges.ToString(), Is.EqualTo("[198.51.100.0/25, 2001:db8::/32]"));
        Assert.That(_problems.Texts, Is.EqualTo(new[] { "spec.loadBalancerSourceRanges[2] BadAddress" }));
    }

    [Test]
    public void UnknownWords_CountAsTheDefaults()
    {
        var service = Read("""{"type":"Fancy","internalTrafficPolicy":"Nearby","externalTrafficPolicy":"local","sessionAffinity":"Cookie"}""");

        Assert.That(service, Is.EqualTo(new Service { Name = service.Name }));
        Assert.That(_problems.Texts.Count(), Is.EqualTo(4));
    }

    [TestCase("""{"name":"web","namespace":"shop","uid":"d4b5b4f3-eed7-4c60-bc4d-5ece0c687c1f"}""", "d4b5b4f3-eed7-4c60-bc4d-5ece0c687c1f")]
    [TestCase("""{"name":"web","namespace":"shop","uid":"web-1"}""", "00000000-0000-0000-0000-000000000000")]
    [TestCase("""{"name":"web","namespace":"shop"}""", "00000000-0000-0000-0000-000000000000")]
    public void Uid_IsAUuidOrNone(string metadata, string uid) =>
        Assert.That(Decode($$"""{"metadata":{{metadata}} }""").Object!.Uid, Is.EqualTo(Guid.Parse(uid)));

    [Test]
    public void OwnAnnotations_AreKeptSorted()
    {
        var service = Decode("""
            {"metadata":{"name":"web","namespace":"shop","annotations":{"kube-proxy-next.io/b":"2","other":"x","kube-proxy-next.io/a":"1"}}}
            """).Object!;

        Assert.That(service.Annotations.ToString(), Is.EqualTo("[[kube-proxy-next.io/a, 1], [kube-proxy-next.io/b, 2]]"));
    }

    [Test]
    public void ServiceOfAnotherProxy_IsAbsent()
    {
        var decoded = Decode("""{"metadata":{"name":"web","namespace":"shop","labels":{"service.kubernetes.io/service-proxy-name":""}}}""");

        Assert.That(decoded, Is.EqualTo(new Decoded<Service>(new("shop", "web"), null, IsAbsent: true)));
    }

    [Test]
    public void EventThatAddsAnAbsentService_IsItsDeletion()
    {
        var line = """
            {"type":"MODIFIED","object":{"kind":"Service","metadata":{"name":"web","namespace":"shop","resourceVersion":"7","labels":{"service.kubernetes.io/service-proxy-name":"x"}}}}
            """;

        var read = Codec.ReadEvent(WireFormat.Json, new(Encoding.UTF8.GetBytes(line)));

        Assert.That(read, Is.EqualTo(new WatchEvent<Service>(WatchEventType.Deleted, new("shop", "web"), null, "7")));
    }

    [TestCase("""{"metadata":{"namespace":"shop"}}""", "metadata MissingName")]
    [TestCase("""{"metadata":{"name":"web"}}""", "metadata MissingName")]
    [TestCase("""{}""", "metadata MissingName")]
    [TestCase("""{"metadata":{"name":"web","namespace":"shop"},"spec":{"ports":[{"port":"x"}]}}""", "spec.ports[0].port Undecodable")]
    [TestCase("""{"metadata":{"name":"web","namespace":"shop"},"spec":{"ports":[null]}}""", "Undecodable")]
    [TestCase("null", "Undecodable")]
    public void UnusableObject_IsNeitherThereNorAbsent(string json, string problem)
    {
        var decoded = Decode(json);

        Assert.That((decoded.Object, decoded.IsAbsent), Is.EqualTo(((Service?)null, false)));
        Assert.That(_problems.Texts, Is.EqualTo(new[] { problem }));
    }

    [Test]
    public void Nulls_MeanNotSet() => Assert.That(
        Read("""{"clusterIP":null,"ports":null,"ipFamilies":null,"internalTrafficPolicy":null,"sessionAffinityConfig":null}"""),
        Is.EqualTo(new Service { Name = new("shop", "web") }));

    [Test]
    public void UnusableItem_LeavesTheRestOfTheList()
    {
        var body = """
            {"kind":"ServiceList","items":[{"metadata":{"name":"a","namespace":"shop"},"spec":"?"},{"metadata":{"name":"b","namespace":"shop"}}],"metadata":{"resourceVersion":"9","continue":"more"}}
            """;

        var page = Codec.ReadList(WireFormat.Json, new(Encoding.UTF8.GetBytes(body)));

        Assert.That(page.Items.Select(item => item.Name.Name), Is.EqualTo(new[] { "b" }));
        Assert.That((page.ResourceVersion, page.Continue), Is.EqualTo(("9", "more")));
        Assert.That(_problems.Texts, Is.EqualTo(new[] { "spec Undecodable" }));
    }

    private Service Read(string spec, string status = "{}") =>
        Decode($$"""{"metadata":{"name":"web","namespace":"shop"},"spec":{{spec}},"status":{{status}}}""").Object!;

    private Decoded<Service> Decode(string json) => Codec.Decode(WireFormat.Json, new(Encoding.UTF8.GetBytes(json)), _problems);
}
