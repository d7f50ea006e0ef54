using KubeProxyNext.EndToEnd.Api;

namespace KubeProxyNext.EndToEnd.Laboratory;

/// <summary>The ground that all other tests stand on: pods reach each other without any Service.</summary>
internal sealed class LaboratoryTests
{
    private Lab _lab = null!;

    [OneTimeSetUp]
    public async Task Build()
    {
        _lab = await Lab.BuildAsync([new("node-a", "client", "web-1"), new("node-b", "web-2")]);
        await Task.WhenAll(_lab["web-1"].ServeAsync(), _lab["web-2"].ServeAsync());
    }

    [OneTimeTearDown]
    public async Task Remove() => await _lab.DisposeAsync();

    [TestCase("web-1")]
    [TestCase("web-2", Description = "on the other node")]
    public async Task Pod_AnotherPod_AnswersOverBothFamilies(string web)
    {
        var (client, server) = (_lab["client"], _lab[web]);

        var v4 = await client.RunAsync("curl", "-sS", $"http://{server.IPv4}:8080");
        var v6 = await client.RunAsync("curl", "-sS", $"http://[{server.IPv6}]:8080");

        Assert.That((v4.Output, v6.Output), Is.EqualTo((web, web)), $"{v4}\n{v6}");
    }

    [Test]
    public async Task Host_PodOnAnotherNode_Answers()
    {
        var answer = await _lab.Nodes[0].RunAsync("curl", "-sS", $"http://{_lab["web-2"].IPv4}:8080");

        Assert.That(answer.Output, Is.EqualTo("web-2"), $"{answer}");
    }

    [Test]
    public async Task Server_EveryPort_Answers()
    {
        var answers = await _lab["client"].PythonAsync($"""
            s = udp('{_lab["web-2"].IPv4}')
            s.sendto(b'hello', ('{_lab["web-2"].IPv4}', {ServerPorts.Echo}))
            print(s.recv(100).decode())
            print(greeting('{_lab["web-2"].IPv6}', {ServerPorts.Greeting}, protocol=MPTCP))
            print(greeting('{_lab["web-2"].IPv4}', {ServerPorts.ManyFirst + ServerPorts.ManyCount - 1}))
            """);
        var name = await _lab["client"].RunAsync(
            "dig", "+short", $"@{_lab["web-2"].IPv4}", "-p", $"{ServerPorts.Dns}", "web.example", "AAAA");

        Assert.That(answers.Split('\n'), Is.EqualTo(["web-2 hello", "web-2", $"web-2 {ServerPorts.ManyFirst + ServerPorts.ManyCount - 1}"]));
        Assert.That(name.Output, Is.EqualTo(_lab["web-2"].IPv6));
    }

    [Test]
    public async Task LargeEcho_AnotherAnswerStillToCome_IsNotTakenForIt()
    {
        var answer = await _lab["client"].PythonAsync($"""
            s = connected_udp('{_lab["web-2"].IPv4}', {ServerPorts.Echo})
            s.send(b'of before')
            print(large_echo(s, 40000))
            """);

        Assert.That(answer, Is.EqualTo("web-2"));
    }

    [Test]
    public async Task Process_IsInThePodsCgroup()
    {
        var where = await _lab["client"].RunAsync("grep", "^0::", "/proc/self/cgroup");

        Assert.That(where.Output, Does.EndWith($"/{_lab.Id}/node-a/client"));
    }

    [Test]
    public async Task PythonSession_SeveralQuestions_GoOnFromEachOther()
    {
        await using var client = _lab["client"].OpenPython();

        await client.AskAsync($"s = tcp('{_lab["web-2"].IPv4}', {ServerPorts.Echo})");
        var answer = await client.AskAsync("echo(s)");
        var refused = await client.AskAsync("tcp('127.0.0.1', 1)");

        Assert.That((answer, refused), Is.EqualTo(("web-2", "ECONNREFUSED")));
        Assert.That(() => client.AskAsync("nonsense"), Throws.TypeOf<LabException>().With.Message.Contains("NameError"));
    }

    [Test]
    public async Task Address_AddedAndRemoved_IsThereMeanwhile()
    {
        var (client, server) = (_lab["client"], _lab["web-1"]);
        await server.AddAddressAsync("10.244.1.200/24");
        await server.AddAddressAsync("fd00:10:244:1::200/64");

        var answers = await client.PythonAsync(
            $"print(*(greeting(address, {ServerPorts.Greeting}) for address in ('10.244.1.200', 'fd00:10:244:1::200')))");
        await server.RemoveAddressAsync("10.244.1.200/24");
        await server.RemoveAddressAsync("fd00:10:244:1::200/64");

        Assert.That(answers, Is.EqualTo("web-1 web-1"));
        Assert.That((await server.RunAsync("ip", "address")).Output, Does.Not.Contain("200/"));
    }

    [Test]
    public async Task Bind_ServerInsideTheTest_IsReachedFromTheOtherNode()
    {
        await using var api = await ApiOnNode.StartAsync(_lab.Nodes[0]);

        var answer = await _lab.Nodes[1].RunAsync(
            "curl", "-sSk", "-m5", "-H", $"Authorization: Bearer {api.Token}", $"{api.Url}api/v1/services");

        Assert.That(answer.Output, Does.Contain("ServiceList"), $"{answer}");
    }
}
