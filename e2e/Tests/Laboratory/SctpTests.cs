namespace KubeProxyNext.EndToEnd.Laboratory;

/// <summary>SCTP made by hand is SCTP: pods understand each other, and so does the kernel's connection tracking, which checks it.</summary>
internal sealed class SctpTests
{
    private const int Port = 9899;
    private Lab _lab = null!;
    private LabProcess _server = null!;

    private Pod Client => _lab["client"];

    private Pod Web => _lab["web"];

    [OneTimeSetUp]
    public async Task Build()
    {
        _lab = await Lab.BuildAsync([new("node-a", "client"), new("node-b", "web")]);
        _server = await Sctp.ServeAsync(Web, Port);
    }

    [OneTimeTearDown]
    public async Task Remove() => await _lab.DisposeAsync();

    [Test]
    public async Task Init_IsAnsweredByItsServer_WhichSeesTheClient()
    {
        var netfilter = _lab.Nodes[0].Netfilter;
        await netfilter.ApplyAsync(CniRules.Forwarding);

        string[] answers = [await Sctp.AskAsync(Client, Web.IPv4, Port, 41000), await Sctp.AskAsync(Client, Web.IPv6, Port, 41001)];

        Assert.That(answers, Is.EqualTo(new[] { $"web {Client.IPv4} 41000", $"web {Client.IPv6} 41001" }));
        Assert.That(await netfilter.CountAsync(CniRules.Invalid), Is.Zero, "connection tracking found the checksums right");
        await netfilter.ApplyAsync("delete table inet forwarding");
    }

    [Test]
    public async Task Init_AnotherSourcePort_IsChosenWithoutOne()
    {
        var answer = await Sctp.AskAsync(Client, Web.IPv4, Port);

        Assert.That(answer, Does.Match($"^web {Client.IPv4} [45][0-9]{{4}}$"));
    }

    [Test]
    public async Task Init_Refused_IsAnErrno()
    {
        await _lab.Nodes[1].Netfilter.ApplyAsync(
            "table inet refuse { chain in { type filter hook forward priority 0; meta l4proto sctp th dport 9 reject with icmpx port-unreachable; }; }");

        string[] answers = [await Sctp.AskAsync(Client, Web.IPv4, 9), await Sctp.AskAsync(Client, Web.IPv6, 9)];

        Assert.That(answers, Is.All.EqualTo("ECONNREFUSED"));
    }

    [Test]
    public async Task Init_WrongChecksum_IsNotAnswered()
    {
        await Client.PythonAsync($"""
            s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_SCTP)
            s.sendto(bytes((0x9c, 0x40, {Port >> 8}, {Port & 0xff}, *bytes(8), 1, 0, 0, 20, *bytes(16))), ('{Web.IPv4}', 0))
            """);

        await _server.Errors.WaitForAsync($"{Client.IPv4}: the checksum", TimeSpan.FromSeconds(10));
    }
}
