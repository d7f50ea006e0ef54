using System.Collections.Concurrent;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using KubeProxyNext.Unit.Netlink;

namespace KubeProxyNext.Unit.Programs;

/// <summary>Processes of the host cannot bind a port that is a NodePort, where NodePorts are served.</summary>
public sealed class BindProtectionTests(IpFamily family) : HooksFixture(family)
{
    private const string Refused = "EADDRINUSE";

    [SetUp]
    public void ServeNodePort()
    {
        Tested.SetNodeAddresses([FamilyText.Address(Family, HostAddress)], loopback: false);
        Tested.Apply(new GivenService().Plan(Family));
    }

    [TestCase("0.0.0.0", 30080, Refused)]
    [TestCase(HostAddress, 30080, Refused)]
    [TestCase(OtherAddress, 30080, "ok", Description = "no address for NodePorts")]
    [TestCase("127.0.0.1", 30080, "ok")]
    [TestCase("0.0.0.0", 30081, "ok")]
    [TestCase("0.0.0.0", 0, "ok")]
    public void Bind_OnTheHost(string address, int port, string expected) =>
        Assert.That(Bind(Process, "SOCK_STREAM", address, port), Is.EqualTo(expected));

    [Test]
    public void Bind_OtherProtocol_IsFree() => Assert.That(Bind(Process, "SOCK_DGRAM", "0.0.0.0", 30080), Is.EqualTo("ok"));

    [Test]
    public void Bind_Udp_IsRefusedWhereTheNodePortIsUdp()
    {
        Tested.Apply(new GivenService { Protocol = Protocol.Udp }.Plan(Family));

        Assert.That(Bind(Process, "SOCK_DGRAM", "0.0.0.0", 30080), Is.EqualTo(Refused));
    }

    [Test]
    public void Bind_Loopback_IsRefusedWhereNodePortsAreServedThere()
    {
        Tested.SetNodeAddresses([], loopback: true);

        Assert.That(Bind(Process, "SOCK_STREAM", "127.0.0.1", 30080), Is.EqualTo(Family == IpFamily.IPv4 ? Refused : "ok"));
        Assert.That(Bind(Process, "SOCK_STREAM", "0.0.0.0", 30080), Is.EqualTo(Family == IpFamily.IPv4 ? Refused : "ok"));
        Assert.That(Bind(Process, "SOCK_STREAM", HostAddress, 30080), Is.EqualTo("ok"));
    }

    [Test]
    public void Bind_NodePortsServedNowhere_IsFree()
    {
        Tested.SetNodeAddresses([], loopback: false);

        Assert.That(Bind(Process, "SOCK_STREAM", "0.0.0.0", 30080), Is.EqualTo("ok"));
    }

    [Test]
    public void Bind_NodePortGone_IsFree()
    {
        Tested.Apply(new GivenService().Gone());

        Assert.That(Bind(Process, "SOCK_STREAM", "0.0.0.0", 30080), Is.EqualTo("ok"));
    }

    [Test]
    public void Bind_InAnotherNetworkNamespace_IsFree()
    {
        using var pod = new TemporaryNetwork();
        using var process = ProcessIn(pod);

        Assert.That(Bind(process, "SOCK_STREAM", "0.0.0.0", 30080), Is.EqualTo("ok"));
    }

    [TestCase("::", false, Refused, Refused, Description = "takes the ports of both families")]
    [TestCase("::", true, "ok", Refused)]
    [TestCase("::ffff:198.51.100.5", false, Refused, "EADDRNOTAVAIL")]
    [TestCase("::ffff:127.0.0.1", false, "ok", "ok")]
    public void Bind_IPv6Socket(string address, bool onlyIPv6, string whereIPv4IsServed, string whereIPv6IsServed) => Assert.That(
        Process.Do($"bind(AF_INET6, SOCK_STREAM, '{address}', 30080, {onlyIPv6})"),
        Is.EqualTo(Family == IpFamily.IPv4 ? whereIPv4IsServed : whereIPv6IsServed));

    [Test]
    public async Task Refusal_IsReported()
    {
        var seen = new ConcurrentQueue<BindRefusal>();
        using var arrived = new SemaphoreSlim(0);
        using var reader = new RingBufferReader([(Tested.Events, record =>
        {
            seen.Enqueue(Tested.ReadBindEvent(record));
            arrived.Release();
        })]);

        _ = Bind(Process, "SOCK_STREAM", HostAddress, 30080);

        Assert.That(await arrived.WaitAsync(TimeSpan.FromSeconds(10)), Is.True, "no event came");
        Assert.That(seen.Single(), Is.EqualTo(new BindRefusal(
            "python3", Process.Id, FamilyText.Frontend(Family, $"{HostAddress}:30080", Protocol.Tcp), (new("default", "web"), "http"))));
    }

    private string Bind(SocketProcess process, string kind, string address, int port) =>
        process.Do($"bind({Inet}, {kind}, '{Text(address)}', {port}, True)");
}
