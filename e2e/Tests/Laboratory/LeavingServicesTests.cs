namespace KubeProxyNext.EndToEnd.Laboratory;

/// <summary>Where Services may leave the nodes, packets that nobody translates go their default way, once, and are refused where they end.</summary>
internal sealed class LeavingServicesTests
{
    private Lab _lab = null!;

    [OneTimeSetUp]
    public async Task Build()
    {
        _lab = await Lab.BuildAsync([new("node-a", "client"), new("node-b")], new Topology { Outside = ["client"], ServicesLeaveNodes = true });
        await _lab.Nodes[1].ServeAsync();
        await _lab.Router.RoutePodsAsync(_lab.Nodes);
        await _lab.Router.RouteVipsToAsync(_lab.Nodes[1]);
    }

    [OneTimeTearDown]
    public async Task Remove() => await _lab.DisposeAsync();

    [TestCase("10.96.0.10/32")]
    [TestCase("fd00:10:96::10/128")]
    [TestCase("198.51.100.10/32")]
    [TestCase("2001:db8:100::10/128")]
    public async Task Service_WhoeverHasTheAddress_IsReachedByTheRouter(string network)
    {
        await _lab.Nodes[1].AddAddressAsync(network);
        var ask = $"print(greeting('{network.Split('/')[0]}', {ServerPorts.Greeting}))";

        string[] names = [await _lab["client"].PythonAsync(ask), await _lab.Nodes[0].PythonAsync(ask), await _lab.Outside["client"].PythonAsync(ask)];

        Assert.That(names, Is.All.EqualTo("node-b"));
    }

    [TestCase("10.96.0.99")]
    [TestCase("fd00:10:96::99")]
    [TestCase("198.51.100.99")]
    [TestCase("2001:db8:100::99")]
    public async Task Service_NobodyHasTheAddress_IsRefusedByTheNodeThatItIsRoutedTo(string address)
    {
        var ask = $"print(icmp_error('{address}', 80))";

        string[] errors = [await _lab["client"].PythonAsync(ask), await _lab.Nodes[0].PythonAsync(ask), await _lab.Outside["client"].PythonAsync(ask)];

        Assert.That(errors, Is.All.EqualTo(address.Contains(':') ? $"1 0 {_lab.Nodes[1].IPv6}" : $"3 0 {_lab.Nodes[1].IPv4}"));
    }
}
