using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using static KubeProxyNext.Unit.Dataplane.Plans;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>Whose what flows have carried is, when Services come and go.</summary>
[RequiresBpf]
public sealed class ServiceTrafficTests : RealMapsFixture
{
    private const string Web = "10.96.0.10:80";
    private const string Backend = "10.0.1.1:80";

    private protected override MapCapacities Small { get; } = new(Frontends: 1, Slots: 16, Sockets: 16);

    [Test]
    public void Restart_GoesOnCounting()
    {
        var carried = Given(packets: 7);
        Restart();

        Tested.Apply(Plan("web", Web, Backend));

        Assert.That(Read(), Is.EqualTo(carried));
        Assert.That(Tested.ReadServicePorts(10).Single().ToClients, Is.EqualTo(new Traffic(7, 700)));
    }

    [Test]
    public void ServiceGoes_ItsFlowsAreNobodysAtOnce()
    {
        var carried = Given(packets: 7);

        Tested.Apply(Gone("web"));

        Assert.That(Read().Generation, Is.Not.EqualTo(carried.Generation));
    }

    [Test]
    public void ServiceIsGoneAfterARestart_ItsFlowsAreNobodys()
    {
        var carried = Given(packets: 7);
        Restart();

        Tested.RemoveUnclaimed();

        Assert.That(Read().Generation, Is.Not.EqualTo(carried.Generation));
    }

    [Test]
    public void IdIsGivenAway_TheNextBeginsAtNothing()
    {
        var carried = Given(packets: 7);
        Tested.Apply(Gone("web"));
        Settle();
        var between = Read();

        Tested.Apply(Plan("next", "10.96.0.11:80", Backend));

        Assert.That(Tested.Target("10.96.0.11:80").Service, Is.Zero, "there is but one id");
        Assert.That((Read().ToBackends, Read().ToClients), Is.EqualTo((default(Traffic), default(Traffic))));
        Assert.That(Read().Generation, Is.Not.AnyOf(carried.Generation, between.Generation));
    }

    // A process that is killed says nothing of what it was about to take away.
    [Test]
    public void IdIsFreeAfterARestart_TheNextBeginsAtNothing()
    {
        var carried = Given(packets: 7);
        Tested.Apply(Gone("web"));
        Write(carried);
        Restart();

        Tested.Apply(Plan("next", "10.96.0.11:80", Backend));

        Assert.That((Read().ToBackends, Read().ToClients), Is.EqualTo((default(Traffic), default(Traffic))));
        Assert.That(Read().Generation, Is.Not.EqualTo(carried.Generation));
    }

    // A Service whose flows have carried something.
    private ServiceTrafficValue Given(ulong packets)
    {
        Tested.Apply(Plan("web", Web, Backend));
        var value = Read() with { ToBackends = new(packets, packets * 50), ToClients = new(packets, packets * 100) };
        Write(value);
        return value;
    }

    private ServiceTrafficValue Read() => Tested.Maps.ReadTraffic(0);

    private void Write(ServiceTrafficValue value) => Tested.Programs.Map("service_traffic").Write(0, MemoryMarshal.AsBytes(new Span<ServiceTrafficValue>(ref value)));
}
