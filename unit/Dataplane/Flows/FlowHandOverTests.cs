using System.Net;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using KubeProxyNext.Unit.Netlink;
using KubeProxyNext.Unit.Programs;

namespace KubeProxyNext.Unit.Dataplane.Flows;

/// <summary>What <c>nf_conntrack</c> has of flows that were handed over, and what is left in the table.</summary>
[RequiresBpf]
[TestFixture(IpFamily.IPv4)]
[TestFixture(IpFamily.IPv6)]
public sealed class FlowHandOverTests(IpFamily family)
{
    private const string Dialled = "10.0.9.9:40000 > 10.0.0.1:30080";
    private const string Reached = "10.0.9.9:40000 > 10.0.1.1:8080";
    private const string Masqueraded = "10.0.0.2:20000 > 10.0.1.1:8080";

    private TestedFlows _flows = null!;
    private TemporaryNetwork _network = null!;

    [SetUp]
    public void SetUp() => (_flows, _network) = (new(family), new());

    [TearDown]
    public void TearDown()
    {
        _network.Dispose();
        _flows.Dispose();
    }

    [Test]
    public void PastTheStack_GoesOnWithBothAddressesExchanged()
    {
        _flows.MakePastStack(Dialled, Masqueraded, new("SA"), new("SA"), Protocol.Tcp);

        var result = HandOver();

        Assert.That(result, Is.EqualTo(new HandOver(1, 0, null)));
        Assert.That(Tracked(), Is.EqualTo((string[])[$"tcp ESTABLISHED {Line(Dialled)} {Back(Masqueraded)} [ASSURED]"]));
        Assert.That((_flows.Has(Dialled, Protocol.Tcp), _flows.Has("10.0.1.1:8080 > 10.0.0.2:20000", Protocol.Tcp)), Is.EqualTo((false, false)));
    }

    [Test]
    public void ThroughTheStack_ReplacesWhatNetfilterMadeOfIt()
    {
        _flows.Make(Dialled, Reached, new("SA"), new("SA"), Protocol.Tcp);
        Track(Reached);

        var result = HandOver();

        Assert.That(result, Is.EqualTo(new HandOver(1, 0, null)));
        Assert.That(Tracked(), Is.EqualTo((string[])[$"tcp ESTABLISHED {Line(Dialled)} {Back(Reached)} [ASSURED]"]));
        Assert.That((_flows.Has(Dialled, Protocol.Tcp), _flows.Has("10.0.1.1:8080 > 10.0.9.9:40000", Protocol.Tcp, atEgress: true)), Is.EqualTo((false, true)));
    }

    [Test]
    public void ThroughTheStack_WithItsSourceExchangedAfterIt_GoesOnWithBoth()
    {
        _flows.Make(Dialled, Reached, new("SA"), new("SA"), Protocol.Tcp, masqueraded: true);
        _flows.MakeMasquerade(Reached, Masqueraded, new("SA"), new("SA"), Protocol.Tcp);
        Track(Reached);

        var result = HandOver();

        Assert.That(result, Is.EqualTo(new HandOver(1, 0, null)));
        Assert.That(Tracked(), Is.EqualTo((string[])[$"tcp ESTABLISHED {Line(Dialled)} {Back(Masqueraded)} [ASSURED]"]));
        Assert.That(_flows.Has("10.0.1.1:8080 > 10.0.0.2:20000", Protocol.Tcp), Is.False);
    }

    [TestCase("S", "", "SYN_SENT {0} [UNREPLIED] {1}")]
    [TestCase("S", "SA", "SYN_RECV {0} {1}")]
    [TestCase("A", "A", "ESTABLISHED {0} {1} [ASSURED]")]
    [TestCase("SAF", "SA", "CLOSE_WAIT {0} {1} [ASSURED]")]
    [TestCase("SA", "SAF", "CLOSE_WAIT {0} {1} [ASSURED]")]
    public void Tcp_GoesOnInItsState(string client, string backend, string expected)
    {
        _flows.MakePastStack(Dialled, Masqueraded, new(client), new(backend), Protocol.Tcp);

        HandOver();

        Assert.That(Tracked(), Is.EqualTo((string[])["tcp " + string.Format(null, expected, Line(Dialled), Back(Masqueraded))]));
    }

    [TestCase(1u, 0u, "{0} [UNREPLIED] {1}")]
    [TestCase(1u, 1u, "{0} {1}")]
    [TestCase(2u, 1u, "{0} {1} [ASSURED]")]
    public void Udp_GoesOnInItsState(uint client, uint backend, string expected)
    {
        _flows.MakePastStack(Dialled, Masqueraded, new(Packets: client), new(Packets: backend), Protocol.Udp);

        HandOver();

        Assert.That(Tracked(), Is.EqualTo((string[])["udp " + string.Format(null, expected, Line(Dialled), Back(Masqueraded))]));
    }

    [TestCase("SAF", "SAF", 0u, Protocol.Tcp, TestName = "OverFlows_AreNotHandedOver_Done")]
    [TestCase("SA", "SAR", 0u, Protocol.Tcp, TestName = "OverFlows_AreNotHandedOver_Reset")]
    [TestCase("S", "", 1000u, Protocol.Tcp, TestName = "OverFlows_AreNotHandedOver_Idle")]
    [TestCase("", "", 1000u, Protocol.Udp, TestName = "OverFlows_AreNotHandedOver_IdleDatagrams")]
    [TestCase("SA", "SA", 0u, Protocol.Sctp, TestName = "OverFlows_AreNotHandedOver_Sctp")]
    public void OverFlows_AreNotHandedOver(string client, string backend, uint idle, Protocol protocol)
    {
        _flows.MakePastStack(Dialled, Masqueraded, new(client, idle, 1), new(backend, idle, 1), protocol);

        Assert.That((HandOver(), Tracked()), Is.EqualTo((KubeProxyNext.Dataplane.Flows.HandOver.Nothing, (string[])[])).AsCollection);
    }

    [Test]
    public void WhatTheKernelRefuses_IsCounted_AndTheOthersGoOn()
    {
        _flows.MakePastStack(Dialled, Masqueraded, new("SA"), new("SA"), Protocol.Tcp);
        _flows.MakePastStack("10.0.9.9:40001 > 10.0.0.1:30080", "10.0.0.2:20001 > 10.0.1.1:8080", new("SA"), new("SA"), Protocol.Tcp);
        Track(Masqueraded);

        var result = HandOver();

        Assert.That((result.Taken, result.Lost), Is.EqualTo((1, 1)));
        Assert.That(result.Problem, Does.Contain("IPCTNL_MSG_CT_NEW: File exists (errno 17)"));
        Assert.That(_flows.Has(Dialled, Protocol.Tcp), "the programs have it still");
    }

    [Test]
    public void Clock_IsThatOfThePrograms()
    {
        var (before, now, after) = (FlowClock.Now, _flows.Now, FlowClock.Now);

        Assert.That(now, Is.InRange(before - 1, after + 1));
    }

    private HandOver HandOver() => _network.Run(() => FlowHandOver.Run(_flows.Bpffs));

    private string[] Tracked() => [.. TrackedConnections.Of(_network)];

    // As netfilter does where it translates nothing.
    private void Track(string tuple)
    {
        var (source, target) = Ends(tuple);
        _network.Run(() =>
        {
            using var conntrack = new ConntrackTable();
            conntrack.Take(new(new(source, target, (byte)Protocol.Tcp), source, target, TimeSpan.FromHours(1)) { TcpState = ConntrackTcpState.Established });
            return true;
        });
    }

    private string Line(string tuple) => Ends(tuple) is var (source, target)
        ? $"src={source.Address} dst={target.Address} sport={source.Port} dport={target.Port}"
        : "";

    private string Back(string tuple) => Line(string.Join(" > ", tuple.Split(" > ").Reverse()));

    private (IPEndPoint Source, IPEndPoint Target) Ends(string tuple) => tuple.Split(" > ") is [var source, var target] ? (End(source), End(target)) : default;

    private IPEndPoint End(string text) =>
        FamilyText.Frontend(family, text, Protocol.Tcp) is var end ? new(end.Ip.ToIPAddress(), end.Port) : null!;
}
