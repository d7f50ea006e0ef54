using KubeProxyNext.Model;
using KubeProxyNext.Unit.Builders;
using static KubeProxyNext.Unit.Builders.Given;

namespace KubeProxyNext.Unit.Planning;

/// <summary>Which sockets are destroyed when a backend goes, and which keep it (behaviour 6.1).</summary>
public sealed class RetentionTests
{
    private static readonly NodeConfig N1 = Node("n1", "za");
    private static readonly ServiceBuilder S = Service("s").ClusterIP("10.96.10.1:53/UDP");
    private static readonly EndpointBuilder L1 = Endpoint("s", "10.244.1.5:53/UDP").On("n1");
    private static readonly EndpointBuilder R1 = Endpoint("s", "10.244.2.5:53/UDP").On("n2");

    private static IEnumerable<TestCaseData> Endpoints()
    {
        yield return Case("78: draining while another is ready", "R1", S, L1, R1.Draining());
        yield return Case("not ready, but serving", "R1", S, L1, R1.Unready());
        yield return Case("neither ready nor serving", "", S, L1, R1.Conditions(EndpointConditions.None));
        yield return Case("terminating and not serving", "", S, L1, R1.Gone());
        yield return Case("on another node", "R1", S.Internal(TrafficPolicy.Local), L1, R1);
        yield return Case("on another node, where this one has none", "R1", S.Internal(TrafficPolicy.Local), R1);
        yield return Case("for another zone", "R1", S, L1.ForZones("za"), R1.ForZones("zb"));
        yield return Case("of weight 0", "R1", S, L1, R1.SliceWeights("10.244.2.5=0"));
        yield return Case("all in some set", "", S, L1, R1);
        yield return Case(
            "in the set for clients on the node", "",
            S.Internal(TrafficPolicy.Local).NodePort(30053).Type(ServiceType.NodePort).External(TrafficPolicy.Local), L1, R1);
        yield return Case("none at all", "", S);
    }

    [TestCaseSource(nameof(Endpoints))]
    public void Endpoint_ThatNoSetHas_IsRetainedWhileItServes(ServiceBuilder service, IClusterItem[] endpoints, string expected)
    {
        var port = PlanView.Of(Snapshots([service, .. endpoints]), N1).PortAt("10.96.10.1:53/UDP");

        Assert.That(string.Join(' ', port.Retained), Is.EqualTo(expected));
    }

    [Test]
    public void SameAddress_WithAnotherPort_IsRetainedByItself()
    {
        var other = Endpoint("s", "10.244.1.5:54/UDP").On("n1").Draining();

        var port = PlanView.Of(Snapshots(S, L1, other), N1).PortAt("10.96.10.1:53/UDP");

        Assert.That(port.Retained.Single().ToString(), Is.EqualTo("10.244.1.5:54"));
    }

    [TestCase(Protocol.Udp, "", true)]
    [TestCase(Protocol.Tcp, "", false)]
    [TestCase(Protocol.Tcp, "reset", true)]
    [TestCase(Protocol.Tcp, "Reset", false)]
    [TestCase(Protocol.Sctp, "reset", false)]
    public void Protocol_AndAnnotation_DecideWhetherSocketsAreDestroyed(Protocol protocol, string annotation, bool expected)
    {
        var service = Service("s").ClusterIP($"10.96.10.1:53/{protocol}");
        var draining = Endpoint("s", $"10.244.2.5:53/{protocol}").Draining();

        var port = PlanView.Of(
            Snapshots(annotation == "" ? service : service.Annotated("on-backend-removal", annotation), Endpoint("s", $"10.244.1.5:53/{protocol}"), draining), N1)
            .PortAt($"10.96.10.1:53/{protocol}");

        Assert.That(port.DestroysSockets, Is.EqualTo(expected));
        Assert.That(port.Retained.IsEmpty, Is.Not.EqualTo(expected));
    }

    private static TestCaseData Case(string name, string expected, ServiceBuilder service, params IClusterItem[] endpoints) =>
        new TestCaseData(service, endpoints, expected.Replace("R1", "10.244.2.5:53")).SetArgDisplayNames(name);
}
