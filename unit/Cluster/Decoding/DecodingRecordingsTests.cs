using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Decoding;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Cluster.Decoding;

[TestFixture(WireFormat.Protobuf)]
[TestFixture(WireFormat.Json)]
internal sealed class DecodingRecordingsTests(WireFormat format)
{
    private static readonly DateTimeOffset Created = new(2026, 11, 21, 0, 3, 45, TimeSpan.Zero);

    private static readonly Service Web = new()
    {
        Name = new("shop", "web"),
        Uid = Guid.Parse("d4b5b4f3-eed7-4c60-bc4d-5ece0c687c1f"),
        Created = Created,
        Type = ServiceType.LoadBalancer,
        ClusterIPv4 = IpAddress.Parse("10.110.94.250"),
        ClusterIPv6 = IpAddress.Parse("fd00:10:96::e:b464"),
        Ports = [new("http", Protocol.Tcp, 80, 31768), new("dns", Protocol.Udp, 53, 32519)],
        ExternalTrafficPolicy = TrafficPolicy.Local,
        ExternalIPs = [IpAddress.Parse("198.51.100.7")],
        LoadBalancerIPs = [IpAddress.Parse("198.51.100.9")],
        LoadBalancerSourceRanges = [new(IpAddress.Parse("198.51.100.0"), 24)],
        AffinityTimeout = TimeSpan.FromHours(3),
        HealthCheckNodePort = 30497,
    };

    private static readonly EndpointSlice Web4 = new()
    {
        Name = new("shop", "web-4"),
        Service = new("shop", "web"),
        Family = IpFamily.IPv4,
        Ports = [new("http", Protocol.Tcp, 8080), new("dns", Protocol.Udp, 5353)],
        Endpoints =
        [
            new(IpAddress.Parse("10.244.1.5"), EndpointConditions.Serving, "node-a", ["zone-1"], ["node-a"]),
            new(IpAddress.Parse("10.244.2.6"), EndpointConditions.Serving | EndpointConditions.Terminating, "node-b"),
            new(IpAddress.Parse("10.244.2.7"), NodeName: "node-b"),
        ],
        TriggerTime = new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero),
    };

    private static readonly EndpointSlice Web6 = new()
    {
        Name = new("shop", "web-6"),
        Service = new("shop", "web"),
        Family = IpFamily.IPv6,
        Ports = [new("http", Protocol.Tcp, 8080), new("dns", Protocol.Udp, 5353)],
        Endpoints = [new(IpAddress.Parse("fd00:10:244:1::5"), NodeName: "node-a")],
    };

    private ProblemList _problems = null!;

    private ServiceCodec Services => new(_problems, new());

    private EndpointSliceCodec Slices => new(_problems, new());

    [SetUp]
    public void Forget() => _problems = new();

    [TearDown]
    public void RealInputHasNoProblems() => Assert.That(_problems.Texts, Is.Empty);

    [Test]
    public void ServiceList_GivesEveryFieldThatCounts()
    {
        var page = Services.ReadList(format, Recording.Sequence("services-list", format));

        Assert.That(string.Join(' ', page.Items.Select(item => item.Name)), Is.EqualTo("default/kubernetes shop/elsewhere shop/web"));
        Assert.That(page.Items[2], Is.EqualTo(Web));
        Assert.That(page.Items[0], Is.EqualTo(new Service
        {
            Name = new("default", "kubernetes"),
            Uid = Guid.Parse("656d69d5-504a-4745-9943-d816d806276e"),
            Created = Created,
            ClusterIPv4 = IpAddress.Parse("10.96.0.1"),
            Ports = [new("https", Protocol.Tcp, 443)],
        }));
        Assert.That(page.Items[1].Type, Is.EqualTo(ServiceType.ExternalName));
        Assert.That((page.ResourceVersion, page.Continue), Is.EqualTo(("122", "")));
    }

    [Test]
    public void SliceList_GivesEveryFieldThatCounts()
    {
        var page = Slices.ReadList(format, Recording.Sequence("slices-list", format));

        Assert.That(page.Items, Has.Count.EqualTo(3));
        Assert.That(page.Items[0].Service, Is.EqualTo(new ObjectName("default", "kubernetes")));
        Assert.That(page.Items[1], Is.EqualTo(Web4));
        Assert.That(page.Items[2], Is.EqualTo(Web6));
    }

    [Test]
    public void NodeList_GivesTheOwnNodeAlone()
    {
        var body = Recording.Sequence("nodes-list", format);

        var own = new NodeCodec(_problems, new(), "node-a").ReadList(format, body);
        var other = new NodeCodec(_problems, new(), "node-b").ReadList(format, body);

        Assert.That(own.Items, Is.EqualTo(new[]
        {
            new Node(
                "node-a",
                "zone-1",
                [IpAddress.Parse("198.51.100.20"), IpAddress.Parse("2001:db8::20")],
                [new(IpAddress.Parse("10.244.1.0"), 24), new(IpAddress.Parse("fd00:10:244:1::"), 64)]),
        }));
        Assert.That(other.Items, Is.Empty);
    }

    [Test]
    public void ServiceCidrList_GivesTheNetworksOfBothFamilies()
    {
        var page = new ServiceCidrCodec(_problems, new()).ReadList(format, Recording.Sequence("servicecidrs-list", format));

        Assert.That(page.Items, Is.EqualTo(new[]
        {
            new ServiceCidr("kubernetes", [new(IpAddress.Parse("10.96.0.0"), 12), new(IpAddress.Parse("fd00:10:96::"), 108)]),
        }));
        Assert.That((page.ResourceVersion, page.Continue), Is.EqualTo(("122", "")));
    }

    [Test]
    public void SliceWatch_GivesEachEventInTurn()
    {
        var ready = EndpointConditions.Ready | EndpointConditions.Serving;
        var readyNow = Web4.Endpoints[0] with { Conditions = ready };

        var events = Events("slices-watch", Slices);

        Assert.That(events, Is.EqualTo(new WatchEvent<EndpointSlice>[]
        {
            new(WatchEventType.Modified, Web4.Name, Web4 with { Endpoints = [readyNow, Web4.Endpoints[1], Web4.Endpoints[2]] }, "123"),
            new(WatchEventType.Deleted, Web6.Name, null, "124"),
            new(WatchEventType.Added, Web6.Name, Web6, "127"),
            new(WatchEventType.Deleted, Web6.Name, null, "128"),
        }));
    }

    [Test]
    public void ServiceWatch_GivesEachEventInTurn() =>
        Assert.That(Events("services-watch", Services), Is.EqualTo(new WatchEvent<Service>[]
        {
            new(WatchEventType.Deleted, Web.Name, null, "125"),
            new(WatchEventType.Added, Web.Name, Web, "126"),
        }));

    [Test]
    public void StreamingList_EndsWithItsBookmark()
    {
        var events = Events("slices-streaming-list", Slices);

        Assert.That(events.Select(e => e.Type), Is.EqualTo(
            new[] { WatchEventType.Added, WatchEventType.Added, WatchEventType.Bookmark }));
        Assert.That(events[^1], Is.EqualTo(
            new WatchEvent<EndpointSlice>(WatchEventType.Bookmark, default, null, "131", EndsInitialEvents: true)));
    }

    [Test]
    public void ExpiredVersion_IsAnErrorWithItsStatus() =>
        Assert.That(Events("slices-watch-too-old", Slices).Single(), Is.EqualTo(new WatchEvent<EndpointSlice>(
            WatchEventType.Error, default, null, "", Error: new(410, "Expired", "too old resource version: 20 (144)"))));

    private WatchEvent<T>[] Events<T>(string name, IResourceCodec<T> codec)
        where T : class =>
        [.. Recording.Frames(name, format).Select(frame => codec.ReadEvent(format, new(frame)))];
}
