using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Model;
using KubeProxyNext.Telemetry;

namespace KubeProxyNext.Unit.Dataplane.Flows;

/// <summary>When flows end: behaviour 6.1 and 6.2, and nf_conntrack's timeouts.</summary>
[RequiresBpf]
[TestFixture(IpFamily.IPv4)]
[TestFixture(IpFamily.IPv6)]
public sealed class FlowExpiryTests(IpFamily family)
{
    private const int Port = 40000;
    private const string Masqueraded = "10.0.0.1:20000 > 10.0.1.1:8080";
    private const string MasqueradeAnswered = "10.0.1.1:8080 > 10.0.0.1:20000";

    private static readonly FlowTimeouts Timeouts = new(
        TcpEstablished: TimeSpan.FromHours(2), TcpCloseWait: TimeSpan.FromMinutes(40), Udp: TimeSpan.FromSeconds(31), UdpStream: TimeSpan.FromSeconds(130));

    private TestedFlows _flows = null!;
    private int _port = Port;

    [SetUp]
    public void SetUp() => _flows = new(family, Timeouts);

    [TearDown]
    public void TearDown() => _flows.Dispose();

    [TestCase("S", "", 120, TestName = "Tcp_SynAlone")]
    [TestCase("S", "SA", 60, TestName = "Tcp_SynAndItsAnswer")]
    [TestCase("SA", "SA", 7200, TestName = "Tcp_Established")]
    [TestCase("A", "A", 7200, TestName = "Tcp_TakenUpInTheMiddle")]
    [TestCase("A", "", 300, TestName = "Tcp_TakenUpInTheMiddle_Unanswered")]
    [TestCase("SAF", "SA", 2400, TestName = "Tcp_ClientIsDone")]
    [TestCase("SA", "SAF", 2400, TestName = "Tcp_BackendIsDone")]
    [TestCase("SAF", "SAF", 120, TestName = "Tcp_BothAreDone")]
    [TestCase("SR", "SA", 10, TestName = "Tcp_ResetByTheClient")]
    [TestCase("SA", "R", 10, TestName = "Tcp_ResetByTheBackend")]
    [TestCase("SAF", "SAFR", 10, TestName = "Tcp_ResetAtTheEnd")]
    public void Tcp(string client, string backend, int seconds) => AssertLivesFor(Protocol.Tcp, new(client), new(backend), seconds);

    [TestCase(3u, 0u, 31, TestName = "Udp_Unanswered")]
    [TestCase(1u, 1u, 31, TestName = "Udp_QuestionAndAnswer")]
    [TestCase(2u, 1u, 130, TestName = "Udp_Stream")]
    [TestCase(1u, 2u, 130, TestName = "Udp_StreamOfTheBackend")]
    public void Udp(uint client, uint backend, int seconds) =>
        AssertLivesFor(Protocol.Udp, new(Packets: client), new(Packets: backend), seconds);

    [TestCase("S", "", 3, TestName = "Sctp_Init")]
    [TestCase("SA", "S", 3, TestName = "Sctp_CookieEcho")]
    [TestCase("SA", "SA", 210, TestName = "Sctp_Established")]
    [TestCase("SAF", "SA", 3, TestName = "Sctp_Shutdown")]
    [TestCase("SA", "SAR", 10, TestName = "Sctp_Aborted")]
    public void Sctp(string client, string backend, int seconds) => AssertLivesFor(Protocol.Sctp, new(client), new(backend), seconds);

    [TestCase("SAF", "SA", TestName = "DoneAndNotAnswered_ClientRepeatsItself")]
    [TestCase("SA", "SAF", TestName = "DoneAndNotAnswered_BackendRepeatsItself")]
    public void DoneAndNotAnswered_IsShortLived(string client, string backend)
    {
        var limit = TicksOf(120);
        var (clientIdle, backendIdle) = client.Contains('F') ? (limit, limit + 5) : (limit + 5, limit);

        Assert.That(Survives(Protocol.Tcp, new(client, clientIdle), new(backend, backendIdle)), Is.True);
        Assert.That(Survives(Protocol.Tcp, new(client, clientIdle + 1), new(backend, backendIdle + 1)), Is.False);
        Assert.That(Survives(Protocol.Tcp, new(client, clientIdle + 2), new(backend, clientIdle + 2)), Is.True, "answered at the same time");
    }

    [TestCase(0u, 1_000_000u)]
    [TestCase(1_000_000u, 0u)]
    public void OneDirectionInUse_BothStay(uint client, uint backend) =>
        Assert.That(Survives(Protocol.Tcp, new("SA", client), new("SA", backend)), Is.True);

    [TestCase("SAR", ExpectedResult = 0)]
    [TestCase("SA", ExpectedResult = 30)]
    public int Twin_GaveWay_TheOtherGoesWithItIfTheConnectionIsOver(string client)
    {
        using var full = new TestedFlows(family, Timeouts, flows: 30);
        Fill(full, client);

        Assert.That(full.Count(Counter.FlowsEvicted), Is.GreaterThan(0));
        return (int)full.Sweep().Entries;
    }

    [Test]
    public void Twin_GaveWay_AnotherConnectionHasItsTuple_StaysAsItIs()
    {
        using var full = new TestedFlows(family, Timeouts, flows: 30);
        full.Make("10.1.0.9:1 > 10.96.0.10:80", "10.1.0.9:1 > 10.0.1.5:8080", new("SAR", Idle: TicksOf(11)), null, Protocol.Tcp);
        full.Make("10.1.0.9:1 > 10.96.0.10:443", "10.1.0.9:1 > 10.0.1.5:8080", new("SA", TicksOf(11)), new("SA", TicksOf(11)), Protocol.Tcp);

        Fill(full, "SAR");

        Assert.That(full.Has("10.1.0.9:1 > 10.96.0.10:80", Protocol.Tcp), Is.False, "it gave way");
        Assert.That(full.Sweep().Entries, Is.EqualTo(2));
    }

    [Test]
    public void Twin_GaveWay_TheOtherStaysAsLongAsOneThatIsNotAnswered([Values] bool ofClient, [Values("SA", "SAF")] string shown)
    {
        FlowSide? client = ofClient ? new(shown, TicksOf(300)) : null, backend = ofClient ? null : new(shown, TicksOf(300));
        Assert.That(Survives(Protocol.Tcp, client, backend), Is.True);

        Assert.That(Survives(Protocol.Tcp, client is null ? null : client with { Idle = client.Idle + 1 },
            backend is null ? null : backend with { Idle = backend.Idle + 1 }), Is.False);
    }

    [Test]
    public void MasqueradePair_GoesByItself()
    {
        var (fresh, old) = (new FlowSide("SA"), new FlowSide("SA", TicksOf(7200) + 1));
        Make(fresh, fresh);
        _flows.MakeMasquerade(Reached(Port), Masqueraded, old, old, Protocol.Tcp);

        _flows.Sweep();

        Assert.That(Has(), Is.EqualTo((true, true)));
        Assert.That(_flows.Has(Reached(Port), Protocol.Tcp, atEgress: true), Is.False);
        Assert.That(_flows.Has(MasqueradeAnswered, Protocol.Tcp), Is.False);
    }

    [Test]
    public void MasqueradePair_InUse_Stays()
    {
        _flows.MakeMasquerade(Reached(Port), Masqueraded, new("SA", TicksOf(7200) + 1), new("SA"), Protocol.Tcp);

        Assert.That(_flows.Sweep(), Is.EqualTo(new FlowGauges(Entries: 2, Connections: 0)), "the connection is the other pair's");

        Assert.That(_flows.Has(Reached(Port), Protocol.Tcp, atEgress: true), Is.True);
        Assert.That(_flows.Has(MasqueradeAnswered, Protocol.Tcp), Is.True);
    }

    // So much as to reach beyond the beginning of the clock.
    [Test]
    public void Clock_WrapsAround()
    {
        var limit = _flows.Now + 1000;
        using var patient = new TestedFlows(family, Timeouts with { TcpEstablished = limit * Tick });
        patient.Make(Dialled(1), Reached(1), new("SA", limit - 5), new("SA", limit - 5), Protocol.Tcp);
        patient.Make(Dialled(2), Reached(2), new("SA", limit + 5), new("SA", limit + 5), Protocol.Tcp);

        patient.Sweep();

        Assert.That(patient.Has(Dialled(1), Protocol.Tcp), Is.True);
        Assert.That(patient.Has(Dialled(2), Protocol.Tcp), Is.False);
    }

    [Test]
    public void Clock_PacketIsNewerThanTheSweepsTime_Stays() =>
        Assert.That(Survives(Protocol.Sctp, new("SR", unchecked((uint)-1)), new("SA", 100_000)), Is.True);

    [TestCase(Protocol.Udp, false)]
    [TestCase(Protocol.Tcp, true)]
    [TestCase(Protocol.Sctp, true)]
    public void BackendIsGone_EndsUdpAlone(Protocol protocol, bool survives)
    {
        _flows.Backends[3].Generation = 5;
        Make(new("SA", Packets: 9), new("SA", Packets: 9), protocol, id: 3, generation: 5);
        Assert.That(_flows.Sweep().Connections, Is.EqualTo(1));
        Assert.That(Has(protocol), Is.EqualTo((true, true)));

        _flows.Backends[3].Generation = 6;

        Assert.That(_flows.Sweep(), Is.EqualTo(new FlowGauges(survives ? 2UL : 0, Connections: 0)), "it is none of the new backend's");
        Assert.That(Has(protocol), Is.EqualTo((survives, survives)));
    }

    [Test]
    public void Census_CountsConnectionsThatGoOn()
    {
        _flows.Backends[3].Flows = 77;
        _flows.Backends[4].Flows = 77;
        Make(new("SA"), new("SA"), port: 40001, id: 3);
        Make(new("S"), new(""), port: 40002, id: 3);
        Make(new("SAF"), new("SAF"), port: 40003, id: 3);
        Make(new("SAR"), new("SA"), port: 40004, id: 3);
        Make(new("SA"), new("SA"), port: 40005, id: 63);

        for (var sweep = 0; sweep < 2; sweep++)
        {
            Assert.That(_flows.Sweep(), Is.EqualTo(new FlowGauges(Entries: 10, Connections: 3)));
            Assert.That((_flows.Backends[3].Flows, _flows.Backends[4].Flows, _flows.Backends[63].Flows), Is.EqualTo((2, 0, 1)));
        }
    }

    [Test]
    public void Sweep_CutShort_GoesOnWhereItWas()
    {
        for (var port = 40001; port < 40101; port++)
        {
            Make(new("SA"), new("SA"), port: port, id: 3);
        }

        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.That(() => _flows.Sweep(cancelled.Token), Throws.InstanceOf<OperationCanceledException>());

        Assert.That(_flows.Sweep(), Is.EqualTo(new FlowGauges(200, 100)));
        Assert.That(_flows.Sweep(), Is.EqualTo(new FlowGauges(200, 100)));
    }

    [Test]
    public void Removed_AreCounted()
    {
        Make(new("SA"), new("SA"), port: 40001);
        Make(new("R", 100_000), new("SA", 100_000), port: 40002);

        Assert.That(_flows.Sweep().Entries, Is.EqualTo(2));

        Assert.That((_flows.Count(Counter.FlowsMade), _flows.Count(Counter.FlowsRemoved), _flows.Count(Counter.FlowsEvicted)), Is.EqualTo((4, 2, 0)));
    }

    private static TimeSpan Tick => Jiffies.Length * FlowTimeouts.JiffiesPerTick;

    // As packets do it: the backend's direction first.
    private static void Fill(TestedFlows table, string client)
    {
        for (var port = 100; port < 200; port++)
        {
            var (dialled, reached) = ($"10.1.0.9:{port} > 10.96.0.10:80", $"10.1.0.9:{port} > 10.0.1.5:8080");
            table.Make(dialled, reached, null, new("SA", TicksOf(11)), Protocol.Tcp);
            table.Make(dialled, reached, new(client, TicksOf(11)), null, Protocol.Tcp);
        }
    }

    private static uint TicksOf(int seconds) => (uint)Math.Ceiling(TimeSpan.FromSeconds(seconds) / Tick);

    private static string Dialled(int port) => $"198.51.100.9:{port} > 10.96.0.10:80";

    private static string Reached(int port) => $"198.51.100.9:{port} > 10.0.1.1:8080";

    private static string Answered(int port) => $"10.0.1.1:8080 > 198.51.100.9:{port}";

    private void Make(FlowSide? client, FlowSide? backend, Protocol protocol = Protocol.Tcp, int port = Port, uint id = 0, uint generation = 0) =>
        _flows.Make(Dialled(port), Reached(port), client, backend, protocol, id, generation);

    private (bool Client, bool Backend) Has(Protocol protocol = Protocol.Tcp, int port = Port) =>
        (_flows.Has(Dialled(port), protocol), _flows.Has(Answered(port), protocol, atEgress: true));

    private void AssertLivesFor(Protocol protocol, FlowSide client, FlowSide backend, int seconds)
    {
        var limit = TicksOf(seconds);
        Assert.That(Survives(protocol, client with { Idle = limit }, backend with { Idle = limit }), Is.True, "it may not be over yet");
        Assert.That(Survives(protocol, client with { Idle = limit + 1 }, backend with { Idle = limit + 1 }), Is.False);
    }

    // What is there afterwards of a connection that is made and swept within one tick: all or nothing.
    private bool Survives(Protocol protocol, FlowSide? client, FlowSide? backend)
    {
        while (true)
        {
            var port = ++_port;
            var now = _flows.Now;
            Make(client, backend, protocol, port);
            _flows.Sweep();
            var (ofClient, ofBackend) = Has(protocol, port);
            if (_flows.Now == now)
            {
                Assert.That((ofClient, ofBackend), Is.AnyOf((client is not null, backend is not null), (false, false)));
                return ofClient || ofBackend;
            }
        }
    }
}
