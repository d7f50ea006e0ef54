using System.Diagnostics.Metrics;
using KubeProxyNext.Cluster;
using KubeProxyNext.Cluster.Folder;
using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Unit.Cluster.Folder;

[CancelAfter(30_000)]
internal sealed class FolderSourceTests
{
    private const string Web = """
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          clusterIP: 10.96.0.1
          ports: [{port: 80}]
        """;

    private static readonly ObjectName WebName = new("default", "web");

    private string _folder = null!;
    private Meter _meter = null!;
    private LogList _log = null!;
    private ClusterTracker _tracker = null!;
    private CancellationTokenSource _stop = null!;
    private Task _running = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("manifests-").FullName;
        _meter = new(nameof(FolderSourceTests));
        (_log, _tracker, _stop, _running) = (new(), new(), new(), Task.CompletedTask);
    }

    [TearDown]
    public async Task RemoveFolder()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
        _meter.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Manifests_OfAllShapes_AreRead()
    {
        Write("a.yaml", $$"""
            {{Web}}
            ---
            # nothing
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: other}
            """);
        Write("b.yml", """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: discovery.k8s.io/v1
              kind: EndpointSlice
              metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
              addressType: IPv4
              ports: [{port: 8080}]
              endpoints:
              - addresses: ["10.244.1.5"]
                conditions: {ready: false}
              - addresses: [10.244.1.6]
                nodeName: ~
            - {apiVersion: v1, kind: Node, metadata: {name: node-a, labels: {topology.kubernetes.io/zone: "1"}}}
            - {apiVersion: v1, kind: Node, metadata: {name: node-b}}
            - {apiVersion: networking.k8s.io/v1, kind: ServiceCIDR, metadata: {name: more}, spec: {cidrs: [10.112.0.0/12]}}
            - {apiVersion: networking.k8s.io/v1beta1, kind: ServiceCIDR, metadata: {name: kubernetes}, spec: {cidrs: [10.096.0.0/12]}}
            """);
        Write("c.json", """{"apiVersion":"v1","kind":"ServiceList","items":[{"metadata":{"name":"x","namespace":"shop"},"spec":{"clusterIP":"10.96.0.2"}}]}""");
        Write("ignored.yaml~", Web);
        Write(".hidden.yaml", Web);

        var changes = await Start();

        Assert.That(changes.IsFirst, Is.True);
        Assert.That(changes.Node, Is.EqualTo(new Node("node-a", "1")));
        Assert.That($"{changes.ServiceNetworks}", Is.EqualTo("[10.96.0.0/12, 10.112.0.0/12]"));
        Assert.That(changes.Services.Single(s => s.Name.Namespace == "shop").Service!.ClusterIPv4, Is.EqualTo(IpAddress.Parse("10.96.0.2")));
        var web = changes.Services.Single(s => s.Name == WebName);
        Assert.That(web.Service!.Ports.Single(), Is.EqualTo(new ServicePort("", Protocol.Tcp, 80)));
        Assert.That(web.Slices.Single().Ports.Single(), Is.EqualTo(new SlicePort("", Protocol.Tcp, 8080)), "the API server's default");
        Assert.That(web.Slices.Single().Endpoints, Is.EqualTo(new Endpoint[]
        {
            new(IpAddress.Parse("10.244.1.5"), EndpointConditions.Serving), new(IpAddress.Parse("10.244.1.6")),
        }));
        Assert.That(_log.Lines.Select(line => line.Text), Is.EqualTo(new[] { At("a.yaml", 10, "skipped, as it is a v1 ConfigMap") }));
    }

    [Test]
    public async Task Changes_AreFollowed()
    {
        await Start();

        Write("a.yaml", Web);
        Assert.That((await Next()).Service!.ClusterIPv4, Is.EqualTo(IpAddress.Parse("10.96.0.1")), "a new file");
        Write("a.yaml", Web.Replace("10.96.0.1", "10.96.0.2", StringComparison.Ordinal));
        Assert.That((await Next()).Service!.ClusterIPv4, Is.EqualTo(IpAddress.Parse("10.96.0.2")), "a rename into place");
        await File.AppendAllTextAsync(Path.Combine(_folder, "a.yaml"), "\n  sessionAffinity: ClientIP\n");
        Assert.That((await Next()).Service!.AffinityTimeout, Is.Not.Null, "an edit in place");
        File.Delete(Path.Combine(_folder, "a.yaml"));
        Assert.That((await Next()).Service, Is.Null, "a deletion");
    }

    [Test]
    public async Task FileThatDoesNotParse_LeavesItsLastGoodObjects()
    {
        Write("a.yaml", Web);
        await Start();

        Write("a.yaml", "kind: [\n\n}");
        Write("b.yaml", Named("new"));

        Assert.That((await Next()).Name.Name, Is.EqualTo("new"), "nothing is told of web");
        Assert.That(Errors().Single(), Does.StartWith(At("a.yaml", 3, "cannot be parsed")));
    }

    [TestCase("80", "eighty", 6)]
    [TestCase("{name: web}", "{name: web, labels: 7}", 3)]
    public async Task InvalidObject_LeavesItsLastGoodStateAndTheRestOfItsFile(string good, string bad, int line)
    {
        Write("a.yaml", Web);
        await Start();

        Write("a.yaml", $"{Web.Replace(good, bad, StringComparison.Ordinal)}\n---\n{Named("new")}");

        Assert.That((await Next()).Name.Name, Is.EqualTo("new"), "nothing is told of web");
        Assert.That(Errors().Single(), Does.StartWith(At("a.yaml", line, "services default/web: ")));
    }

    [Test]
    public async Task UnusableField_IsLeftOutAndSaidWithItsLine()
    {
        Write("a.yaml", Web.Replace("80", "0", StringComparison.Ordinal));

        var changes = await Start();

        Assert.That(changes.Services.Single().Service!.Ports, Is.Empty);
        Assert.That(Errors(), Is.EqualTo(new[]
        {
            At("a.yaml", 6, "services default/web: spec.ports[0].port is not a port number: '0'"),
        }));
    }

    [Test]
    public async Task SameObjectInTwoFiles_TheFirstCounts_SaidOnce()
    {
        Write("b.yaml", Web.Replace("10.96.0.1", "10.96.0.2", StringComparison.Ordinal));
        Write("a.yaml", Web);
        var changes = await Start();
        Assert.That(changes.Services.Single().Service!.ClusterIPv4, Is.EqualTo(IpAddress.Parse("10.96.0.1")));

        Write("c.yaml", Named("new"));
        await Next();
        File.Delete(Path.Combine(_folder, "a.yaml"));

        Assert.That((await Next()).Service!.ClusterIPv4, Is.EqualTo(IpAddress.Parse("10.96.0.2")));
        Assert.That(Errors(), Is.EqualTo(new[] { "b.yaml: Service default/web is in a.yaml already, which is the one that counts" }));
    }

    [Test]
    public async Task Nonsense_IsSaidAndHarmsNothing()
    {
        Write("a.yaml", new string('[', 100_000));
        Write("b.yaml", "a: &a [*a]\n");
        Write("c.yaml", "- just\n- a list\n");
        Write("d.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: &s {x: *s}\n");
        Write("e.yaml", "\u0000\u0001");
        Write("f.yaml", "");
        Write("h.json", """{"apiVersion":"v1","kind":"Service","metadata":{"name":"\uD800","namespace":"\uD800"}}""");
        Write("g.yaml", Web);

        var changes = await Start();

        Assert.That(changes.Services.Single().Name, Is.EqualTo(WebName));
    }

    [Test]
    public async Task FolderIsReplaced_IsFollowed()
    {
        Write("a.yaml", Web);
        await Start();

        Directory.Move(_folder, _folder + ".old");
        var gone = await _log.FirstErrorAsync();
        Directory.CreateDirectory(_folder);
        Directory.Delete(_folder + ".old", recursive: true);
        Write("a.yaml", Web.Replace("10.96.0.1", "10.96.0.2", StringComparison.Ordinal));

        Assert.That(gone, Does.Contain($"{_folder} is gone"));
        Assert.That((await Next()).Service!.ClusterIPv4, Is.EqualTo(IpAddress.Parse("10.96.0.2")), "what was known stayed until then");
        File.Delete(Path.Combine(_folder, "a.yaml"));
        Assert.That((await Next()).Service, Is.Null, "a change in the new folder");
    }

    [Test]
    public async Task PipeAmongTheManifests_DoesNotStopTheOthers()
    {
        Write("b.yaml", Web);
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", Path.Combine(_folder, "a.yaml"));
        await mkfifo.WaitForExitAsync();

        var changes = await Start();

        Assert.That(changes.Services.Single().Service, Is.Not.Null);
    }

    [Test]
    public void MissingFolder_IsAClearError()
    {
        Assert.That(
            async () => await Source(Path.Combine(_folder, "none")).RunAsync(_stop.Token),
            Throws.InstanceOf<DirectoryNotFoundException>().With.Message.Contains("is not a folder"));
    }

    private static string Named(string name) => Web.Replace("name: web", $"name: {name}", StringComparison.Ordinal);

    private FolderSource Source(string folder) => new(
        folder,
        "node-a",
        _tracker.Services,
        _tracker.Slices,
        _tracker.Nodes,
        _tracker.ServiceCidrs,
        new InputProblems(_log.For<InputProblems>(), _meter),
        _log.For<FolderSource>(),
        TimeProvider.System);

    private async Task<ClusterChanges> Start()
    {
        _running = Source(_folder).RunAsync(_stop.Token);
        return await Take();
    }

    private async Task<ClusterChanges> Take() => await _tracker.TakeAsync(TestContext.CurrentContext.CancellationToken);

    private async Task<ServiceSnapshot> Next() => (await Take()).Services.Single();

    // By rename, so that nobody sees half of it.
    private void Write(string file, string text)
    {
        var draft = Path.Combine(_folder, "draft.tmp");
        File.WriteAllText(draft, text);
        File.Move(draft, Path.Combine(_folder, file), overwrite: true);
    }

    private string At(string file, int line, string text) => $"{Path.Combine(_folder, file)}:{line}: {text}";

    private IEnumerable<string> Errors() => _log.Lines.Where(line => line.Level == LogLevel.Error).Select(line => line.Text);
}
