using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Programs;

/// <summary>Sockets that are connected to a backend which is gone hear of it at once; all others are left alone (behaviour 6.1).</summary>
public sealed class SocketDestructionTests(IpFamily family) : HooksFixture(family)
{
    private const string ClusterIP = "10.96.10.1";
    private const string Destroyed = "ECONNABORTED";

    [Test]
    public void Udp_ConnectedToABackendThatWent_IsDestroyed()
    {
        Apply(Protocol.Udp, HostAddress);
        Assert.That(Process.Do(Dial("service", "SOCK_DGRAM", ClusterIP, 80)), Is.EqualTo("ok"));
        Assert.That(Process.Do(Dial("direct", "SOCK_DGRAM", HostAddress, 8080)), Is.EqualTo("ok"));
        Assert.That(Process.Do($"unconnected = socket({Inet}, SOCK_DGRAM); unconnected.sendto(b'', ('{Text(ClusterIP)}', 80))"), Is.EqualTo("ok"));

        Apply(Protocol.Udp, OtherAddress);

        Assert.That(Process.Do("service.recv(1)"), Is.EqualTo(Destroyed));
        Assert.That(Process.Do("direct.getpeername()"), Is.EqualTo("ok"), "it did not ask the Service");
        Assert.That(Process.Do("unconnected.getsockname()[1] or unconnected.close() or unconnected.fileno()"), Is.EqualTo("ok"));
    }

    [TestCase(Protocol.Udp, "SOCK_DGRAM")]
    [TestCase(Protocol.Tcp, "SOCK_STREAM")]
    public void OfAnotherService_IsLeftAlone(Protocol protocol, string kind)
    {
        Assert.That(Process.Do($"server = create_server(('{Text(HostAddress)}', 8080), family={Inet})"), Is.EqualTo("ok"));
        Apply(protocol, HostAddress);
        Apply(protocol, HostAddress, "other", "10.96.10.2");
        Assert.That(Process.Do(Dial("service", kind, ClusterIP, 80)), Is.EqualTo("ok"));
        Assert.That(Process.Do(Dial("other", kind, "10.96.10.2", 80)), Is.EqualTo("ok"));

        Apply(protocol, OtherAddress);

        Assert.That(Process.Do("service.recv(1)"), Is.EqualTo(Destroyed));
        Assert.That(Process.Do("other.getpeername()"), Is.EqualTo("ok"));
    }

    [Test]
    public void Udp_WithoutRoomInTheTable_IsDestroyed()
    {
        Apply(Protocol.Udp, HostAddress);
        var sockets = Enumerable.Range(0, 128).Select(number => $"s{number}").ToArray();
        foreach (var socket in sockets)
        {
            Assert.That(Process.Do(Dial(socket, "SOCK_DGRAM", ClusterIP, 80)), Is.EqualTo("ok"));
        }

        Apply(Protocol.Udp, OtherAddress);

        Assert.That(sockets.Select(socket => Process.Do($"{socket}.recv(1)")), Is.All.EqualTo(Destroyed));
    }

    [Test]
    public void Tcp_IsDestroyedWhereAskedFor()
    {
        Assert.That(Process.Do($"server = create_server(('{Text(HostAddress)}', 8080), family={Inet})"), Is.EqualTo("ok"));
        Apply(Protocol.Tcp, HostAddress);
        Assert.That(Process.Do(Dial("service", "SOCK_STREAM", ClusterIP, 80)), Is.EqualTo("ok"));
        Assert.That(Process.Do(Dial("direct", "SOCK_STREAM", HostAddress, 8080)), Is.EqualTo("ok"));

        Apply(Protocol.Tcp, OtherAddress);

        Assert.That(Process.Do("service.recv(1)"), Is.EqualTo(Destroyed));
        Assert.That(Process.Do("direct.getpeername()"), Is.EqualTo("ok"));
        Assert.That(Process.Do("direct.send(b'still there')"), Is.EqualTo("ok"));
    }

    private string Dial(string name, string kind, string address, int port) =>
        $"dial('{name}', {Inet}, {kind}, '{Text(address)}', {port})";

    private void Apply(Protocol protocol, string backend, string name = "web", string clusterIP = ClusterIP)
    {
        var address = FamilyText.Frontend(Family, $"{clusterIP}:80", protocol);
        var port = new ServicePortPlan(
            "", protocol, Family,
            [new(address, FrontendKind.ClusterIP, TrafficPolicy.Cluster, TrafficPolicy.Cluster)],
            [new(TrafficPolicy.Cluster, [new(FamilyText.Address(Family, backend), 8080)], NoBackendVerdict.Reject)])
        {
            DestroysSockets = true,
        };
        Tested.Apply(new(new("default", name), [port]));
        Tested.Collect();
    }
}
