namespace KubeProxyNext.EndToEnd.ClusterIp;

/// <summary>Programs that use IPv6 sockets for everything reach IPv4 Services by their mapped addresses, as Java and Go often do.</summary>
internal sealed class MappedAddressTests : ClusterFixture
{
    private const string ClusterIp = "10.96.0.30";
    private const string Mapped = $"::ffff:{ClusterIp}";

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        new ServiceManifest("web", ClusterIp).Port(7, ServerPorts.Echo).Port(8, ServerPorts.Echo, "UDP").Backends(webs[2]),
        new ServiceManifest("empty", "10.96.0.31").Port(7, ServerPorts.Echo).Port(8, ServerPorts.Echo, "UDP").Backends(),
    ];

    [TestCase("0")]
    [TestCase("MPTCP")]
    public async Task Tcp_MappedAddress_ReachesTheBackend(string protocol)
    {
        var answer = await Client.PythonAsync($"""
            with tcp('{Mapped}', 7, protocol={protocol}) as s:
                s.send(b'hello\n')
                print(s.recv(100).decode().strip(), s.getpeername()[:2])
            """);

        Assert.That(answer, Is.EqualTo($"web-3 hello ('{Mapped}', 7)"));
    }

    [Test]
    public async Task ConnectedUdp_MappedAddress_ReachesTheBackend()
    {
        var answer = await Client.PythonAsync($"""
            s = udp('{Mapped}')
            s.connect(('{Mapped}', 8))
            s.send(b'hello')
            print(s.recv(100).decode(), s.getpeername()[:2])
            """);

        Assert.That(answer, Is.EqualTo($"web-3 hello ('{Mapped}', 8)"));
    }

    [Test]
    public async Task UnconnectedUdp_MappedAddress_AnswerSeemsToComeFromTheService()
    {
        var answers = await Client.PythonAsync($"""
            s = udp('{Mapped}')
            for i in range(3):
                s.sendto(b'hello', ('{Mapped}', 8))
                data, sender = s.recvfrom(100)
                print(data.decode(), sender[:2])
            """);

        Assert.That(answers.Split('\n'), Has.Length.EqualTo(3).And.All.EqualTo($"web-3 hello ('{Mapped}', 8)"));
    }

    [Test]
    public async Task NoEndpoints_MappedAddress_IsRefused()
    {
        var errors = await Client.PythonAsync("""
            print(attempt(lambda: tcp('::ffff:10.96.0.31', 7)))
            print(attempt(lambda: udp('::').connect(('::ffff:10.96.0.31', 8))))
            print(attempt(lambda: udp('::').sendto(b'hello', ('::ffff:10.96.0.31', 8))))
            """);

        Assert.That(errors.Split('\n'), Is.EqualTo(["ECONNREFUSED", "ECONNREFUSED", "ECONNREFUSED"]));
    }
}
