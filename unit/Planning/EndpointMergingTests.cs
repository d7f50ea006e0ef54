using KubeProxyNext.Model;
using KubeProxyNext.Unit.Builders;
using static KubeProxyNext.Unit.Builders.Given;

namespace KubeProxyNext.Unit.Planning;

/// <summary>One address and port listed several times is one endpoint (behaviour 3.2), and which of its listings counts.</summary>
public sealed class EndpointMergingTests
{
    private static readonly ServiceBuilder S = Service("s").ClusterIP("10.96.10.1:80/TCP").Internal(TrafficPolicy.Local);
    private static readonly EndpointBuilder L1 = Endpoint("s", "10.244.1.5:8080").On("n1");

    private static IEnumerable<TestCaseData> Twice()
    {
        // Told apart by the node: with the local policy only the listing that says n1 leads to a backend.
        var remote = L1.On("n2");
        yield return Case("both ready: the later one", "drop", L1, remote);
        yield return Case("both ready: the later one", "L1", remote, L1);
        yield return Case("ready after draining", "L1", remote.Draining(), L1);
        yield return Case("ready before draining", "L1", L1, remote.Draining());
        yield return Case("both draining: the first one", "L1", L1.Draining(), remote.Draining());
        yield return Case("both draining: the first one", "drop", remote.Draining(), L1.Draining());
        yield return Case("a ready one that terminates too does not replace", "L1", L1, remote.Conditions(EndpointConditions.Ready | EndpointConditions.Terminating));
        yield return Case("an unready one replaces a ready one", "reject", L1, L1.Unready());
        yield return Case("terminated for good does not replace an unready one", "reject", L1.Unready(), L1.Draining());
        yield return Case("three: the last that does not terminate", "L1", remote, L1, remote.Gone());
    }

    [TestCaseSource(nameof(Twice))]
    public void SameEndpoint_InSeveralSlices_IsOne(EndpointBuilder[] listings, string expected)
    {
        var inSlices = listings.Select((listing, place) => listing.InSlice($"s-{place}"));

        Assert.That(PlanView.Of(Snapshots([S, .. inSlices]), Node("n1"))["10.96.10.1:80"], Is.EqualTo(expected));
    }

    [TestCaseSource(nameof(Twice))]
    public void SameEndpoint_SeveralTimesInOneSlice_IsOne(EndpointBuilder[] listings, string expected)
    {
        var inOneSlice = listings.Select(listing => listing.InSlice("s-a"));

        Assert.That(PlanView.Of(Snapshots([S, .. inOneSlice]), Node("n1"))["10.96.10.1:80"], Is.EqualTo(expected));
    }

    [Test(Description = "68")]
    public void SameAddress_WithTwoPorts_IsTwo()
    {
        var service = Service("s").ClusterIP("10.96.10.1:80/TCP", "http");

        var view = PlanView.Of(
            Snapshots(
                service,
                Endpoint("s", "10.244.1.5:8080").Named("http"),
                Endpoint("s", "10.244.1.5:9090").Named("http"),
                Endpoint("s", "10.244.2.5:9090").Named("http")),
            Node("n1"));

        Assert.That(view["10.96.10.1:80"], Is.EqualTo("10.244.1.5:8080 10.244.1.5:9090 10.244.2.5:9090"));
    }

    [Test]
    public void ThousandEndpoints_InManySlices_AreSortedByNumber()
    {
        var endpoints = Enumerable.Range(0, 1000).Select(i => Endpoint("s", $"10.244.{i % 7}.{i / 7}:8080").InSlice($"s-{i % 10}"));
        var sorted = Enumerable.Range(0, 1000).OrderBy(i => i % 7).ThenBy(i => i / 7).Select(i => $"10.244.{i % 7}.{i / 7}:8080");

        var view = PlanView.Of(Snapshots([S.Internal(TrafficPolicy.Cluster), .. endpoints]), Node("n1"));

        Assert.That(view["10.96.10.1:80"], Is.EqualTo(string.Join(' ', sorted)));
    }

    private static TestCaseData Case(string name, string expected, params EndpointBuilder[] listings) =>
        new TestCaseData(listings, expected.Replace("L1", "10.244.1.5:8080")).SetArgDisplayNames(name);
}
