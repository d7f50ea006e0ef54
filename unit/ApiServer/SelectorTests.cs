using KubeProxyNext.ApiServer;

namespace KubeProxyNext.Unit.ApiServer;

/// <summary>Which objects a selector lets through.</summary>
[TestFixture]
internal sealed class SelectorTests : ApiServerFixture
{
    [TestCase("labelSelector=%21tier", "b")]
    [TestCase("labelSelector=tier", "a,c")]
    [TestCase("labelSelector=tier%3Dweb", "a")]
    [TestCase("labelSelector=tier%3D%3Dweb", "a")]
    [TestCase("labelSelector=tier%21%3Dweb", "b,c")]
    [TestCase("labelSelector=tier+in+(web,db)", "a,c")]
    [TestCase("labelSelector=tier+notin+(web,db)", "b")]
    [TestCase("labelSelector=tier,tier%21%3Dweb", "c")]
    [TestCase("fieldSelector=metadata.name%3Db", "b")]
    [TestCase("fieldSelector=spec.clusterIP%21%3DNone", "a,b")]
    [TestCase("fieldSelector=spec.clusterIP%3DNone", "c")]
    [TestCase("fieldSelector=spec.clusterIP%21%3DNone&labelSelector=tier", "a")]
    public async Task List_ShowsWhatIsSelected(string query, string expected)
    {
        Api.Apply(Service("a", "10.96.0.1", "{ tier: web }"));
        Api.Apply(Service("b", "10.96.0.2"));
        Api.Apply(Service("c", "None", "{ tier: db }"));

        var answer = await Client.GetAsync($"{ServicesPath}?{query}", RawClient.Json, Cancellation);

        Assert.That(string.Join(',', answer.Json["items"]!.AsArray().Select(i => (string?)i!["metadata"]!["name"])), Is.EqualTo(expected));
    }

    [TestCase("fieldSelector=spec.externalName%3Da")]
    [TestCase("labelSelector=%3D%3D")]
    public async Task Selector_ThatTheServerDoesNotKnow_Is400(string query) =>
        Assert.That((await Client.GetAsync($"{ServicesPath}?{query}", RawClient.Json, Cancellation)).Status, Is.EqualTo(400));

    [Test]
    public async Task Watch_SeesAnObjectComeAndGo_AsItsLabelsChange()
    {
        using var watch = await Client.WatchAsync(ServicesPath + "?watch=1&resourceVersion=1&labelSelector=tier", Cancellation);

        Api.Apply(Service("web"));
        Api.Apply(Service("web", labels: "{ tier: web }"));
        Api.Apply(Service("web", "10.96.0.11", "{ tier: web }"));
        Api.Apply(Service("web", "10.96.0.11"));

        Assert.That(await watch.NoteAsync(Cancellation), Is.EqualTo("ADDED web@3"));
        Assert.That(await watch.NoteAsync(Cancellation), Is.EqualTo("MODIFIED web@4"));
        Assert.That(await watch.NoteAsync(Cancellation), Is.EqualTo("DELETED web@5"));
    }

    [Test]
    public void Apply_OfTheSame_IsNoChange()
    {
        Api.Apply(Service("web"));
        var version = Api.ResourceVersion;

        Api.Apply(Service("web"));

        Assert.That(Api.ResourceVersion, Is.EqualTo(version));
    }

    [Test]
    public async Task Builders_MakeWhatYamlWould()
    {
        Api.Apply(Objects.Service("shop/web", "10.96.0.10", "fd00::10").Port(53, "UDP", "dns").Label("tier", "web"));
        Api.Apply(Objects.Slice("shop/web-a", "web").Port(5353, "UDP", "dns").Endpoint("10.0.0.1", "node-a", ready: false, serving: true));

        var service = await Client.GetAsync("/api/v1/namespaces/shop/services/web", RawClient.Json, Cancellation);
        var slice = await Client.GetAsync("/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices/web-a", RawClient.Json, Cancellation);

        Assert.That(service.Json["spec"]!["ipFamilies"]!.ToJsonString(), Is.EqualTo("""["IPv4","IPv6"]"""));
        Assert.That((string?)service.Json["kind"], Is.EqualTo("Service"));
        Assert.That(slice.Json["endpoints"]!.ToJsonString(), Is.EqualTo(
            """[{"addresses":["10.0.0.1"],"conditions":{"ready":false,"serving":true},"nodeName":"node-a"}]"""));
        Assert.That((string?)slice.Json["metadata"]!["labels"]!["kubernetes.io/service-name"], Is.EqualTo("web"));
    }

    [Test]
    public async Task BulkLoad_IsListedInPages_EachObjectOnce()
    {
        Api.Load(new BulkLoad(Services: 25, EndpointsPerService: 3));

        var names = new List<string?>();
        var token = "";
        for (var page = 0; page < 10 && (page == 0 || token.Length > 0); page++)
        {
            var answer = await Client.GetAsync($"{SlicesPath}?limit=10&continue={token}", RawClient.Json, Cancellation);
            names.AddRange(answer.Json["items"]!.AsArray().Select(i => (string?)i!["metadata"]!["name"]));
            token = (string?)answer.Json["metadata"]!["continue"] ?? "";
        }

        Assert.That(names, Is.EqualTo(Enumerable.Range(0, 25).Select(i => $"svc-{i:d6}-a")));
    }
}
