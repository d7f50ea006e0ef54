namespace KubeProxyNext.EndToEnd.Laboratory;

/// <summary>A router that lets only smaller packets through in one direction: whoever sends larger ones is told, and sends smaller ones.</summary>
internal sealed class NarrowRouterTests
{
    private const int Mtu = 1300;
    private const int Megabyte = 1_000_000;
    private Lab _lab = null!;

    private Node Node => _lab.Nodes[0];

    private Place Client => _lab.Outside["client"];

    [SetUp]
    public async Task Build()
    {
        _lab = await Lab.BuildAsync([new("node-a")], new Topology { Outside = ["client"] });
        await Node.ServeAsync();
    }

    [TearDown]
    public async Task Remove() => await _lab.DisposeAsync();

    [Test]
    public async Task ToOutside_ServerLearnsIt()
    {
        await _lab.Router.NarrowToOutsideAsync(Mtu);

        var names = await TransferAsync("download");

        Assert.That(names, Is.EqualTo("node-a node-a"));
        await AssertLearntAsync(Node, Client, Is.EqualTo(Mtu));
        await AssertLearntAsync(Client, Node, Is.Null);
    }

    [Test]
    public async Task ToNodes_ClientLearnsIt()
    {
        await _lab.Router.NarrowToNodesAsync(Mtu);

        var names = await TransferAsync("upload");

        Assert.That(names, Is.EqualTo("node-a node-a"));
        await AssertLearntAsync(Client, Node, Is.EqualTo(Mtu));
        await AssertLearntAsync(Node, Client, Is.Null);
    }

    [Test]
    public async Task ToOutside_LargeDatagram_IsAnsweredInFragments()
    {
        await _lab.Router.NarrowToOutsideAsync(Mtu);

        var sizes = await Client.PythonAsync($"""
            for address in '{Node.IPv4}', '{Node.IPv6}':
                s = connected_udp(address, {ServerPorts.Echo})
                s.settimeout(0.2)
                print(*(large_echo(s, size) for size in (1400, 30000, 60000)))
            """);

        Assert.That(sizes.Split('\n'), Has.All.EqualTo("node-a node-a node-a"));
        await AssertLearntAsync(Node, Client, Is.EqualTo(Mtu));
    }

    private Task<string> TransferAsync(string how) => Client.PythonAsync(
        $"print(*({how}(address, {ServerPorts.Bulk}, {Megabyte}) for address in ('{Node.IPv4}', '{Node.IPv6}')))");

    /// <summary>What a place knows of the way to another beside its own devices.</summary>
    private static async Task AssertLearntAsync(Place place, Place to, NUnit.Framework.Constraints.IResolveConstraint mtu)
    {
        foreach (var address in new[] { to.IPv4, to.IPv6 })
        {
            var words = (await place.RunAsync("ip", "route", "get", address)).MustSucceed().Split([' ', '\n']).ToList();
            int? known = words.IndexOf("mtu") is >= 0 and var i ? int.Parse(words[i + 1], null) : null;
            Assert.That(known, mtu, address);
        }
    }
}
