using KubeProxyNext.Model;
using KubeProxyNext.Unit.Builders;
using static KubeProxyNext.Unit.Builders.Given;

namespace KubeProxyNext.Unit.Planning;

/// <summary>
/// Every row of the matrices in behaviour 4.3 and 4.4, and the scenarios of behaviour 12 that concern them, for clients on this
/// node and from outside.
/// </summary>
public sealed class TrafficMatrixTests
{
    private const TrafficPolicy Cluster = TrafficPolicy.Cluster;
    private const TrafficPolicy Local = TrafficPolicy.Local;

    private static readonly NodeConfig N1 = Node("n1", "za");
    private static readonly ServiceBuilder S = Service("s").ClusterIP("10.96.10.1:80/TCP").NodePort(30080)
        .LoadBalancerIPs("203.0.113.10").ExternalIPs("203.0.113.99").Type(ServiceType.LoadBalancer);

    private static readonly EndpointBuilder L1 = Endpoint("s", "10.244.1.5:8080").On("n1");
    private static readonly EndpointBuilder L2 = Endpoint("s", "10.244.1.6:8080").On("n1");
    private static readonly EndpointBuilder R1 = Endpoint("s", "10.244.2.5:8080").On("n2");
    private static readonly EndpointBuilder R2 = Endpoint("s", "10.244.3.5:8080").On("n3");

    // With a local and a remote endpoint, a remote one alone, none.
    private static IEnumerable<TestCaseData> ClusterIPRows()
    {
        yield return Row("Cluster, any", Cluster, Cluster, "L1 R1", "L1 R1", L1, R1);
        yield return Row("Cluster, none on this node", Cluster, Cluster, "R1", "R1", R1);
        yield return Row("Cluster, none at all", Cluster, Cluster, "reject", "reject");
        yield return Row("13: Local, some on this node", Local, Cluster, "L1", "L1", L1, R1);
        yield return Row("14: Local, none on this node", Local, Cluster, "drop", "drop", R1);
        yield return Row("15: Local, none at all", Local, Cluster, "reject", "reject");
        yield return Row("20: the external policy plays no role", Cluster, Local, "L1 R1", "L1 R1", L1, R1);
        yield return Row("25: both Local, none on this node", Local, Local, "drop", "drop", R1, R2);
        yield return Row("28", Cluster, Local, "L1 R1", "L1 R1", L1, L2.Draining(), R1);
        yield return Row("29", Cluster, Local, "R1", "R1", L1.Draining(), L2.Draining(), R1);
    }

    private static IEnumerable<TestCaseData> ExternalRows()
    {
        yield return Row("17: Cluster, any", Cluster, Cluster, "L1 R1", "L1 R1", L1, R1);
        yield return Row("Cluster, none on this node", Cluster, Cluster, "R1", "R1", R1);
        yield return Row("11: Cluster, none at all", Cluster, Cluster, "reject", "reject");
        yield return Row("18, 19: Local, some on this node", Cluster, Local, "L1 R1", "L1", L1, R1);
        yield return Row("21: Local, none on this node", Cluster, Local, "R1", "drop", R1);
        yield return Row("22: Local, none at all", Cluster, Local, "reject", "reject");
        yield return Row("16: the internal policy plays no role", Local, Cluster, "L1 R1", "L1 R1", L1, R1);
        yield return Row("14: nor where none is on this node", Local, Cluster, "R1", "R1", R1);
        yield return Row("25: both Local, none on this node", Local, Local, "R1 R2", "drop", R1, R2);
        yield return Row("28: a local ready one before a draining one", Cluster, Local, "L1 R1", "L1", L1, L2.Draining(), R1);
        yield return Row(
            "29: local draining ones, and a remote ready one", Cluster, Local, "R1", "L1 L2",
            L1.Draining(), L2.Draining(), Endpoint("s", "10.244.1.7:8080").On("n1").Gone(), R1);
        yield return Row("30: draining ones alone", Cluster, Cluster, "L1 R1", "L1 R1", L1.Draining(), R1.Draining());
        yield return Row("31: a remote draining one alone", Cluster, Local, "R1", "drop", R1.Draining());
        yield return Row("32: all gone", Cluster, Local, "reject", "reject", L1.Gone(), R1.Gone());
        yield return Row("12: not ready, but serving", Cluster, Local, "reject", "reject", L1.Unready());
        yield return Row(
            "44: hints bind the cluster's set alone", Cluster, Local, "L1 R2", "L1 L2",
            L1.ForZones("za"), L2.ForZones("zb"), R1.ForZones("zb"), R2.ForZones("za"));
    }

    [TestCaseSource(nameof(ClusterIPRows))]
    public void ClusterIP(TrafficPolicy @internal, TrafficPolicy external, string inside, string outside, IClusterItem[] endpoints)
    {
        var view = PlanView.Of(Snapshots([S.Internal(@internal).External(external), .. endpoints]), N1);

        Assert.That(view["10.96.10.1:80"], Is.EqualTo(inside));
        Assert.That(view.FromOutside("10.96.10.1:80"), Is.EqualTo(outside));
    }

    [TestCaseSource(nameof(ExternalRows))]
    public void ExternalAddress(TrafficPolicy @internal, TrafficPolicy external, string inside, string outside, IClusterItem[] endpoints)
    {
        var view = PlanView.Of(Snapshots([S.Internal(@internal).External(external), .. endpoints]), N1);

        foreach (var address in (string[])["203.0.113.10:80", "203.0.113.99:80", "0.0.0.0:30080"])
        {
            Assert.That(view[address], Is.EqualTo(inside), address);
            Assert.That(view.FromOutside(address), Is.EqualTo(outside), address);
        }
    }

    // What externalTrafficPolicy: Local comes to.
    [TestCase(ServiceType.LoadBalancer, true, "L1")]
    [TestCase(ServiceType.LoadBalancer, false, "L1")]
    [TestCase(ServiceType.NodePort, false, "L1")]
    [TestCase(ServiceType.ClusterIP, true, "L1", Description = "26")]
    [TestCase(ServiceType.ClusterIP, false, "L1 R1", Description = "27: with a NodePort that no API server gives it")]
    public void ExternalLocal_CountsWhereTheTypeLetsOutsideIn(ServiceType type, bool hasExternalIP, string outside)
    {
        var service = S.Type(type).External(Local).ExternalIPs(hasExternalIP ? ["203.0.113.99"] : []);

        var view = PlanView.Of(Snapshots(service, L1, R1), N1);

        Assert.That(view.FromOutside("0.0.0.0:30080"), Is.EqualTo(Named(outside)));
    }

    // Which of the two sets there are: each only where some client is given it.
    [TestCase(Cluster, Cluster, true, "Cluster")]
    [TestCase(Cluster, Local, true, "Cluster Local")]
    [TestCase(Local, Cluster, true, "Cluster Local")]
    [TestCase(Local, Local, true, "Cluster Local", Description = "the short-circuit needs the cluster's set")]
    [TestCase(Local, Local, false, "Local", Description = "no external address")]
    [TestCase(Cluster, Local, false, "Cluster")]
    public void Set_OfAPolicyThatNobodyIsGiven_IsNotMade(TrafficPolicy @internal, TrafficPolicy external, bool isExternal, string sets)
    {
        var service = isExternal ? S : Service("s").ClusterIP("10.96.10.1:80").Type(ServiceType.LoadBalancer);

        var view = PlanView.Of(Snapshots(service.Internal(@internal).External(external), L1, R1), N1);

        Assert.That(string.Join(' ', view.PortAt("10.96.10.1:80").Sets.Select(set => set.Policy)), Is.EqualTo(sets));
    }

    private static TestCaseData Row(
        string name, TrafficPolicy @internal, TrafficPolicy external, string inside, string outside, params IClusterItem[] endpoints) =>
        new TestCaseData(@internal, external, Named(inside), Named(outside), endpoints).SetArgDisplayNames(name);

    private static string Named(string backends) => backends
        .Replace("L1", "10.244.1.5:8080").Replace("L2", "10.244.1.6:8080")
        .Replace("R1", "10.244.2.5:8080").Replace("R2", "10.244.3.5:8080");
}
