using System.Text.Json.Nodes;
using KubeProxyNext.ApiServer;
using KubeProxyNext.EndToEnd.Api;
using KubeProxyNext.EndToEnd.Web;

namespace KubeProxyNext.EndToEnd.Hostile;

/// <summary>Objects that are as large as somebody can make them keep no other Service from being served, nor from being changed.</summary>
internal sealed class HostileObjectTests : ApiFixture
{
    private const string Address = "10.96.0.113";
    private const string HugeAddress = "10.96.0.114";
    private const int Slices = 100;
    private const int PerSlice = 1000;
    private ServiceManifest _small = null!;

    [SetUp]
    public void Apply()
    {
        _small = new ServiceManifest("small", Address).Port(80, ServerPorts.Greeting).Backends(Cluster.Webs[0]);
        Api.Apply(_small.ToString());
    }

    [Test]
    public async Task HundredThousandEndpoints_ThatKeepChanging_AnotherServiceIsChangedAllTheSame()
    {
        await using var daemon = await StartDaemonAsync(Cluster.NodeA);
        var before = MemoryOf(daemon);
        var started = TimeProvider.System.GetTimestamp();
        Api.Apply(Objects.Service("ns/huge", HugeAddress).Port(80));
        for (var i = 0; i < Slices; i++)
        {
            Api.Apply(ApiResource.EndpointSlices, SliceOf(i));
        }

        await Eventually.SeesAsync("all endpoints in slots", SlotsAsync, slots => slots > Slices * (PerSlice - 1));
        TestContext.Out.WriteLine($"{TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s, {before} before, {MemoryOf(daemon)} with {Slices * PerSlice} endpoints");

        foreach (var web in new[] { 2, 0, 2, 0 })
        {
            ChangeHuge();
            Api.Apply(_small.Backends(Cluster.Webs[web]).ToString());
            ChangeHuge();
            await RunningCluster.SeesAsync(Cluster.Client, Address, $"web-{web + 1}");
        }

        TestContext.Out.WriteLine($"{8 * Slices} changes of the huge one meanwhile, {MemoryOf(daemon)}");
        Api.Delete(ApiResource.Services, "ns/huge");
        await Eventually.SeesAsync("only the slot of the small Service", SlotsAsync, slots => slots == 1);
    }

    [Test]
    public async Task AnnotationOfTenMegabytes_LeavesTheServiceAsItWas_AndOthersGoOn()
    {
        await using var daemon = await StartDaemonAsync(Cluster.NodeA);
        var before = MemoryOf(daemon);

        Api.Edit(ApiResource.Services, "default/small", service =>
        {
            service["metadata"]!["annotations"] = new JsonObject { ["note"] = new string('x', 10 << 20) };
            service["spec"]!["ports"]![0]!["port"] = 81;
        });
        Api.Apply(new ServiceManifest("beside", "10.96.0.115").Port(80, ServerPorts.Greeting).Backends(Cluster.Webs[1]).ToString());

        await RunningCluster.SeesAsync(Cluster.Client, "10.96.0.115", "web-2");
        TestContext.Out.WriteLine($"{before} before, {MemoryOf(daemon)} after");
        Assert.That(await Cluster.Client.PythonAsync($"print(greeting('{Address}', 80))"), Is.EqualTo("web-1"), "its last good state");
        Assert.That(daemon.Log.ToString(), Does.Contain("Left out of services default/small: the object is too large"));
    }

    private static JsonObject SliceOf(int number)
    {
        var slice = Objects.Slice($"ns/huge-{number:d3}", "huge").Port(ServerPorts.Greeting).Build();
        slice["endpoints"] = new JsonArray([.. Enumerable.Range(0, PerSlice).Select(i => new JsonObject
        {
            ["addresses"] = new JsonArray($"10.{128 + (number / 50)}.{(number % 50 * 4) + (i / 250)}.{i % 250}"),
            ["conditions"] = new JsonObject { ["ready"] = true },
        })]);
        return slice;
    }

    private async Task<long> SlotsAsync()
    {
        var metrics = await HttpAnswer.OfAsync(Cluster.NodeA, "http://127.0.0.1:10249/metrics");
        var slots = metrics.Body.Split('\n').FirstOrDefault(
            line => line.StartsWith("kube_proxy_next_map_entries", StringComparison.Ordinal) && line.Contains("IPv4", StringComparison.Ordinal) && line.Contains("\"slots\"", StringComparison.Ordinal));
        return slots is null ? -1 : (long)double.Parse(slots.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    // An endpoint of each slice goes, or comes back.
    private void ChangeHuge()
    {
        for (var i = 0; i < Slices; i++)
        {
            Api.Edit(ApiResource.EndpointSlices, $"ns/huge-{i:d3}", slice =>
            {
                var conditions = slice["endpoints"]![1]!["conditions"]!;
                conditions["ready"] = !(bool)conditions["ready"]!;
            });
        }
    }

    private static string MemoryOf(Daemon daemon) => string.Join(
        ", ", File.ReadLines($"/proc/{daemon.Process.Id}/status").Where(line => line.StartsWith("VmRSS", StringComparison.Ordinal) || line.StartsWith("VmHWM", StringComparison.Ordinal))
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
}
