namespace KubeProxyNext.EndToEnd.Unallocated;

/// <summary>
/// What no Service has is refused at once, instead of being sent to wherever the routes lead: addresses inside the service networks, and ports of
/// ClusterIPs (behaviour 4.2). Untouched, such a connection ends as one to an address without a route.
/// </summary>
internal sealed class UnallocatedTests : ClusterFixture
{
    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        new ServiceManifest("inside", "10.96.7.1", "fd00:10:96::7:1").Port(80, ServerPorts.Greeting).Backends(webs[0]),
        new ServiceManifest("outside", "10.97.7.1", "fd00:10:97::7:1").Port(80, ServerPorts.Greeting).Backends(webs[0]),
    ];

    protected override Task PrepareAsync(RunningCluster cluster)
    {
        cluster.Manifests.Apply(new ServiceCidrManifest("kubernetes", "10.96.0.0/16", "fd00:10:96::/108"));
        return Task.CompletedTask;
    }

    [TestCase("10.96.7.99")]
    [TestCase("fd00:10:96::7:99")]
    [TestCase("::ffff:10.96.7.99")]
    public async Task Address_NobodyHasIt_IsRefused(string address) => await AssertRefusedAsync(address, 80);

    [TestCase("10.96.7.1")]
    [TestCase("fd00:10:96::7:1")]
    [TestCase("10.97.7.1", Description = "a ClusterIP outside of every service network")]
    [TestCase("fd00:10:97::7:1", Description = "a ClusterIP outside of every service network")]
    public async Task Port_TheServiceLacksIt_IsRefused(string address)
    {
        await AssertRefusedAsync(address, 81);
        Assert.That(await Client.PythonAsync($"print(greeting('{address}', 80))"), Is.EqualTo("web-1"));
    }

    [TestCase("10.97.7.2")]
    [TestCase("10.95.255.255")]
    [TestCase("fd00:10:97::7:2")]
    public async Task Address_OutsideAndNobodyHasIt_IsLeftAlone(string address)
    {
        var errno = await Client.PythonAsync($"print(attempt(lambda: tcp('{address}', 80)))");

        Assert.That(errno, Is.AnyOf("EHOSTUNREACH", "ENETUNREACH"));
    }

    [TestCase("10.98.0.0/24", "10.98.0.9")]
    [TestCase("fd00:10:98::/112", "fd00:10:98::9")]
    public async Task ServiceCidr_ComesAndGoes_IsFollowed(string network, string address)
    {
        var cidr = new ServiceCidrManifest($"more-{address.Replace(':', '-').Replace('.', '-')}", network);
        await using var client = Client.OpenPython();
        var untouched = await client.AskAsync($"greeting('{address}', 80)");

        Cluster.Manifests.Apply(cidr);
        await RunningCluster.SeesAsync(client, address, "ECONNREFUSED");
        Cluster.Manifests.Delete(cidr);

        Assert.That(untouched, Is.AnyOf("EHOSTUNREACH", "ENETUNREACH"));
        await RunningCluster.SeesAsync(client, address, untouched);
    }

    private async Task AssertRefusedAsync(string address, int port)
    {
        var ask = $"""
            print(attempt(lambda: tcp('{address}', {port})))
            print(attempt(lambda: tcp('{address}', {port}, protocol=MPTCP)))
            print(attempt(lambda: connected_udp('{address}', {port})))
            print(attempt(lambda: udp('{address}').sendto(b'hello', ('{address}', {port}))))
            """;

        var (fromPod, fromHost) = (await Client.PythonAsync(ask), await Cluster.NodeA.PythonAsync(ask));

        string[] refused = ["ECONNREFUSED", "ECONNREFUSED", "ECONNREFUSED", "ECONNREFUSED"];
        Assert.That(fromPod.Split('\n'), Is.EqualTo(refused));
        Assert.That(fromHost.Split('\n'), Is.EqualTo(refused));
    }
}
