using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane.Flows;

/// <summary>What flows carry is counted at their service port: all of it, and once.</summary>
[RequiresBpf]
[TestFixture(IpFamily.IPv4)]
[TestFixture(IpFamily.IPv6)]
public sealed class FlowTrafficTests(IpFamily family)
{
    private const string Dialled = "198.51.100.9:40000 > 10.96.0.10:80";
    private const string Reached = "198.51.100.9:40000 > 10.0.1.1:8080";
    private const string Answered = "10.0.1.1:8080 > 198.51.100.9:40000";
    private const uint Web = 3;
    private const uint OneBucket = 15;

    private static readonly FlowSide Settled = new("SA");
    private static readonly FlowSide Ended = new("SAR", Idle: 1_000_000);

    private TestedFlows _flows = null!;

    [SetUp]
    public void SetUp() => _flows = new(family, flows: (int)OneBucket) { Service = Web };

    [TearDown]
    public void TearDown() => _flows.Dispose();

    [Test]
    public void Sweep_AddsWhatCameSinceTheLast()
    {
        Make(Settled);
        Carry(packets: 3, bytes: 300);
        _flows.Carry(Answered, Protocol.Tcp, packets: 2, bytes: 3000, atEgress: true);
        Assert.That(_flows.Carried(Web), Is.EqualTo((default(Traffic), default(Traffic))), "nobody has looked yet");

        Sweep(times: 2);
        Assert.That(_flows.Carried(Web), Is.EqualTo((new Traffic(3, 300), new Traffic(2, 3000))));

        Carry(packets: 1, bytes: 100);
        Sweep(times: 2);
        Assert.That(_flows.Carried(Web), Is.EqualTo((new Traffic(4, 400), new Traffic(2, 3000))));
    }

    [Test]
    public void Services_AreApart()
    {
        Make(Settled);
        _flows.Service = Web + 1;
        _flows.Make("198.51.100.9:40001 > 10.96.0.10:81", "198.51.100.9:40001 > 10.0.1.1:8081", Settled, Settled, Protocol.Tcp);
        Carry(packets: 1, bytes: 100);
        _flows.Carry("198.51.100.9:40001 > 10.96.0.10:81", Protocol.Tcp, packets: 1, bytes: 1000);

        _flows.Sweep();

        Assert.That((_flows.Carried(Web).ToBackends, _flows.Carried(Web + 1).ToBackends), Is.EqualTo((new Traffic(1, 100), new Traffic(1, 1000))));
    }

    [Test]
    public void Masquerade_SeesPacketsOnceMore_AndCountsNone()
    {
        const string After = "10.0.0.1:20000 > 10.0.1.1:8080";
        _flows.MakeMasquerade(Reached, After, Settled, Settled, Protocol.Tcp);
        _flows.Carry(Reached, Protocol.Tcp, packets: 5, bytes: 500, atEgress: true);
        _flows.Carry("10.0.1.1:8080 > 10.0.0.1:20000", Protocol.Tcp, packets: 5, bytes: 500);

        _flows.Sweep();
        _flows.Remove("10.0.1.1:8080 > 10.0.0.1:20000", Protocol.Tcp);

        Assert.That(_flows.Carried(Web), Is.EqualTo((default(Traffic), default(Traffic))));
    }

    [Test]
    public void FlowThatASweepEnds_HasItsRestAdded()
    {
        Make(Ended);
        Carry(packets: 3, bytes: 300);
        _flows.Carry(Answered, Protocol.Tcp, packets: 2, bytes: 200, atEgress: true);

        Assert.That(_flows.Sweep().Entries, Is.Zero);

        Assert.That(_flows.Carried(Web), Is.EqualTo((new Traffic(3, 300), new Traffic(2, 200))));
    }

    [Test]
    public void FlowThatAProgramEnds_HasItsRestAdded()
    {
        Make(Settled);
        Carry(packets: 3, bytes: 300);
        _flows.Sweep();
        Carry(packets: 1, bytes: 100);

        _flows.Remove(Dialled, Protocol.Tcp);

        Assert.That(_flows.Carried(Web).ToBackends, Is.EqualTo(new Traffic(4, 400)));
        Sweep(times: 1);
        Assert.That(_flows.Carried(Web).ToBackends, Is.EqualTo(new Traffic(4, 400)));
    }

    [Test]
    public void FlowThatGivesWay_HasItsRestAdded_AndTheNextBeginsAtNothing()
    {
        Make(new("S", Idle: 10), backend: null);
        Carry(packets: 3, bytes: 300);
        _flows.Sweep();
        Carry(packets: 1, bytes: 100);

        _flows.Service = Web + 1;
        for (var port = 1; port <= OneBucket; port++)
        {
            _flows.Make($"198.51.100.10:{port} > 10.96.0.10:80", $"198.51.100.10:{port} > 10.0.1.1:8080", Settled, null, Protocol.Tcp);
            _flows.Carry($"198.51.100.10:{port} > 10.96.0.10:80", Protocol.Tcp, packets: 2, bytes: 20);
        }

        Assert.That(_flows.Has(Dialled, Protocol.Tcp), Is.False, "it gave way");
        Sweep(times: 2);
        Assert.That((_flows.Carried(Web).ToBackends, _flows.Carried(Web + 1).ToBackends), Is.EqualTo((new Traffic(4, 400), new Traffic(30, 300))));
    }

    // Counts of flows are not atomic.
    [Test]
    public void CountOfAFlowGoesBack_TheServicesDoesNot()
    {
        Make(Settled);
        Carry(packets: 3, bytes: 300);
        _flows.Sweep();

        Carry(packets: unchecked(0 - 2UL), bytes: unchecked(0 - 200UL));
        _flows.Sweep();
        Assert.That(_flows.Carried(Web).ToBackends, Is.EqualTo(new Traffic(3, 300)));

        Carry(packets: 5, bytes: 500);
        _flows.Sweep();
        Assert.That(_flows.Carried(Web).ToBackends, Is.EqualTo(new Traffic(6, 600)));
    }

    [Test]
    public void IdIsGivenAway_FlowsOfTheOldOneAddNothingToTheNewOne()
    {
        Make(Settled);
        Carry(packets: 3, bytes: 300);
        _flows.Sweep();

        _flows.GiveAway(Web);
        Carry(packets: 1, bytes: 100);
        _flows.Sweep();
        Carry(packets: 1, bytes: 100);
        _flows.Remove(Dialled, Protocol.Tcp);

        Assert.That(_flows.Carried(Web), Is.EqualTo((default(Traffic), default(Traffic))));
    }

    // Each of them is looked at by sweeps while it comes, carries, and goes.
    [Test]
    public async Task FlowsThatEndDuringSweeps_AreCountedOnce()
    {
        const int Rounds = 200;
        using var over = new CancellationTokenSource();
        var sweeping = Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                _flows.Sweep();
            }
        });
        for (var round = 0; round < Rounds; round++)
        {
            _flows.Churn(Dialled, Protocol.Tcp);
        }

        await over.CancelAsync();
        await sweeping;
        _flows.Sweep();

        Assert.That(_flows.Carried(Web).ToBackends, Is.EqualTo(new Traffic(Rounds * 4500, Rounds * 450_000)));
    }

    private void Make(FlowSide client) => Make(client, client);

    private void Make(FlowSide client, FlowSide? backend) => _flows.Make(Dialled, Reached, client, backend, Protocol.Tcp);

    private void Carry(ulong packets, ulong bytes) => _flows.Carry(Dialled, Protocol.Tcp, packets, bytes);

    private void Sweep(int times)
    {
        for (var time = 0; time < times; time++)
        {
            _flows.Sweep();
        }
    }
}
