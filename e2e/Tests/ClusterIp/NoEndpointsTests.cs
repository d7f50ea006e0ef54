namespace KubeProxyNext.EndToEnd.ClusterIp;

/// <summary>A Service without a backend for the client says so at once (behaviour 4.3).</summary>
internal sealed class NoEndpointsTests : ClusterFixture
{
    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        new ServiceManifest("empty", "10.96.0.40", "fd00:10:96::40").Port(80, ServerPorts.Http).Port(7, ServerPorts.Echo, "UDP").Backends(),
        new ServiceManifest("elsewhere", "10.96.0.41", "fd00:10:96::41").Port(80, ServerPorts.Greeting).Port(7, ServerPorts.Echo, "UDP")
            .Backends(webs[2]).InternalLocal(),
    ];

    [TestCase("10.96.0.40")]
    [TestCase("fd00:10:96::40")]
    public async Task Connect_NoEndpoints_IsRefused(string address)
    {
        var errors = await Client.PythonAsync($"""
            print(attempt(lambda: tcp('{address}', 80)))
            print(attempt(lambda: tcp('{address}', 80, protocol=MPTCP)))
            print(attempt(lambda: udp('{address}').connect(('{address}', 7))))
            print(attempt(lambda: udp('{address}').sendto(b'hello', ('{address}', 7))))
            """);

        Assert.That(errors.Split('\n'), Has.Length.EqualTo(4).And.All.EqualTo("ECONNREFUSED"));
    }

    [Test]
    public async Task Curl_NoEndpoints_SaysRefused()
    {
        var answer = await Cluster.NodeA.RunAsync("curl", "-sS", "-m5", "http://10.96.0.40");

        Assert.That(answer.ExitCode, Is.EqualTo(7), $"{answer}");
        Assert.That(answer.Errors, Does.Contain("Connection refused").Or.Contain("Couldn't connect to server"));
    }

    [TestCase("10.96.0.41")]
    [TestCase("fd00:10:96::41")]
    public async Task Connect_PolicyLocalAndEndpointsElsewhere_FailsAtOnceAndReachesNobody(string address)
    {
        const string attempts = """
            print(attempt(lambda: greeting('{0}', 80)))
            print(attempt(lambda: udp('{0}').connect(('{0}', 7))))
            print(attempt(lambda: udp('{0}').sendto(b'hello', ('{0}', 7))))
            """;

        var errors = await Client.PythonAsync(attempts.Replace("{0}", address, StringComparison.Ordinal));
        var there = await Cluster.Lab["client-b"].PythonAsync($"print(greeting('{address}', 80))");

        Assert.That(errors.Split('\n'), Has.Length.EqualTo(3).And.All.EqualTo("ETIMEDOUT"), "the errno, at once");
        Assert.That(there, Is.EqualTo("web-3"), "where there is a local endpoint");
    }
}
