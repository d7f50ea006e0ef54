namespace KubeProxyNext.EndToEnd.ClusterIp;

/// <summary>Unmodified programs reach a backend by UDP through a ClusterIP, and the answer seems to come from there.</summary>
internal sealed class UdpTests : ClusterFixture
{
    private const string V4 = "10.96.0.20";
    private const string V6 = "fd00:10:96::20";
    private const string OtherV4 = "10.96.0.21";
    private const string OtherV6 = "fd00:10:96::21";

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        new ServiceManifest("echo", V4, V6).Port(53, ServerPorts.Dns, "UDP").Port(7, ServerPorts.Echo, "UDP").Backends(webs[2]),
        new ServiceManifest("other", OtherV4, OtherV6).Port(7, ServerPorts.Echo, "UDP").Backends(webs[0]),
    ];

    [TestCase(V4)]
    [TestCase(V6)]
    public async Task Dig_Service_TakesTheAnswer(string server)
    {
        var fromPod = await Client.RunAsync("dig", "+short", "+tries=1", $"@{server}", "web.example", "A");
        var fromHost = await Cluster.NodeA.RunAsync("dig", "+short", "+tries=1", $"@{server}", "web.example", "AAAA");

        var backend = Cluster.Lab["web-3"];
        Assert.That((fromPod.Output, fromHost.Output), Is.EqualTo((backend.IPv4, backend.IPv6)), $"{fromPod}\n{fromHost}");
    }

    [TestCase(V4)]
    [TestCase(V6)]
    public async Task Connected_SendAndReceive_PeerIsTheService(string address)
    {
        var answer = await Client.PythonAsync($"""
            s = udp('{address}')
            s.connect(('{address}', 7))
            s.send(b'hello')
            print(s.recvfrom(100)[1][:2], s.getpeername()[:2])
            """);

        Assert.That(answer, Is.EqualTo($"('{address}', 7) ('{address}', 7)"));
    }

    [TestCase(V4)]
    [TestCase(V6)]
    public async Task Unconnected_ManyDatagrams_AnswersSeemToComeFromTheService(string address)
    {
        var answers = await Client.PythonAsync($"""
            s = udp('{address}')
            for i in range(20):
                s.sendto(b'hello', ('{address}', 7))
                data, sender = s.recvfrom(100)
                print(data.decode(), sender[:2])
            """);

        Assert.That(answers.Split('\n'), Has.Length.EqualTo(20).And.All.EqualTo($"web-3 hello ('{address}', 7)"));
    }

    [TestCase(V4, OtherV4)]
    [TestCase(V6, OtherV6)]
    public async Task Unconnected_SeveralServicesAndAPodOnOneSocket_EachAnswerHasItsOwnSender(string one, string other)
    {
        var pod = Cluster.Lab["web-4"];
        var direct = one.Contains(':') ? pod.IPv6 : pod.IPv4;

        var answers = await Client.PythonAsync($"""
            s = udp('{one}')
            for i in range(3):
                for address, port in ('{one}', 7), ('{other}', 7), ('{direct}', {ServerPorts.Echo}):
                    s.sendto(b'hello', (address, port))
                    data, sender = s.recvfrom(100)
                    print(data.decode(), sender[0], sender[1])
            """);

        string[] round = [$"web-3 hello {one} 7", $"web-1 hello {other} 7", $"web-4 hello {direct} {ServerPorts.Echo}"];
        Assert.That(answers.Split('\n'), Is.EqualTo([.. round, .. round, .. round]));
    }

    [Test]
    public async Task Unconnected_AllAskedBeforeAnyAnswerIsRead_EachAnswerHasItsOwnSender()
    {
        var answers = await Client.PythonAsync($"""
            s = udp('{V4}')
            for address in '{V4}', '{OtherV4}', '{V4}':
                s.sendto(b'hello', (address, 7))
            print(sorted((data.decode(), sender[0]) for data, sender in (s.recvfrom(100) for _ in range(3))))
            """);

        Assert.That(answers, Is.EqualTo($"[('web-1 hello', '{OtherV4}'), ('web-3 hello', '{V4}'), ('web-3 hello', '{V4}')]"));
    }

    [Test]
    public async Task Reconnected_ToAnotherService_TalksToThatOne()
    {
        var answers = await Client.PythonAsync($"""
            s = udp('{V4}')
            for address in '{V4}', '{OtherV4}':
                s.connect((address, 7))
                s.send(b'hello')
                print(s.recv(100).decode(), s.getpeername()[0])
            """);

        Assert.That(answers.Split('\n'), Is.EqualTo([$"web-3 hello {V4}", $"web-1 hello {OtherV4}"]));
    }

    [Test]
    public async Task Reconnected_ToTheBackendItself_SeesTheBackend()
    {
        var backend = Cluster.Lab["web-3"].IPv4;

        var answers = await Client.PythonAsync($"""
            s = udp('{V4}')
            for address, port in ('{V4}', 7), ('{backend}', {ServerPorts.Echo}):
                s.connect((address, port))
                s.send(b'hello')
                data, sender = s.recvfrom(100)
                print(data.decode(), sender[0], s.getpeername()[0])
            """);

        Assert.That(answers.Split('\n'), Is.EqualTo([$"web-3 hello {V4} {V4}", $"web-3 hello {backend} {backend}"]));
    }
}
