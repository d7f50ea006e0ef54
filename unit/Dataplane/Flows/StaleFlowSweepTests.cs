using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Model;
using KubeProxyNext.Telemetry;
using static KubeProxyNext.Unit.Dataplane.Plans;
using IPv4Dataplane = KubeProxyNext.Dataplane.FamilyDataplane<KubeProxyNext.Dataplane.Maps.FrontendBucket4, KubeProxyNext.Dataplane.Maps.Address4>;

namespace KubeProxyNext.Unit.Dataplane.Flows;

/// <summary>When plans ask for a sweep (behaviour 6.1), and that it works on the maps that packets are served by.</summary>
[RequiresBpf]
public sealed class StaleFlowSweepTests
{
    private const string Dns = "10.96.0.10:53";
    private const string A = "10.0.1.1:53";
    private const string B = "10.0.1.2:53";

    private static readonly MapCapacities Small = new(Frontends: 16, Slots: 64, Sockets: 16, Flows: 64);

    private TemporaryPins _pins = null!;
    private IPv4Dataplane _tested = null!;
    private int _asked;

    [SetUp]
    public void SetUp()
    {
        _pins = new();
        _tested = new(_pins.Bpffs, Small, devices: DeviceAttach.Auto) { OnStaleFlows = () => _asked++ };
        _asked = 0;
    }

    [TearDown]
    public void TearDown()
    {
        _tested.Dispose();
        _pins.Dispose();
    }

    [Test]
    public void UdpBackendWithFlowsGoes_IsAskedForAtOnceAndAfterAGracePeriod()
    {
        _tested.Apply(Udp("dns", [Dns], A, B));
        _tested.Maps.Backends[(int)_tested.BackendId(Dns, A, Protocol.Udp)].Flows = 1;

        _tested.Apply(Udp("dns", [Dns], B));
        _tested.Collect();
        Assert.That(_asked, Is.EqualTo(1));

        _tested.Drain();
        Assert.That(_asked, Is.EqualTo(2));
    }

    [Test]
    public void UdpBackendWithoutFlowsGoes_NobodyIsAsked()
    {
        _tested.Apply(Udp("dns", [Dns], A, B));

        _tested.Apply(Udp("dns", [Dns], B));
        _tested.Drain();

        Assert.That(_asked, Is.Zero);
    }

    [Test]
    public void TcpBackendGoes_NobodyIsAsked()
    {
        static ServicePlan Web(params string[] backends) => Service("web", Port("", Protocol.Tcp, [Dns], backends) with { DestroysSockets = true });
        _tested.Apply(Web(A, B));
        _tested.Maps.Backends[(int)_tested.BackendId(Dns, A)].Flows = 1;

        _tested.Apply(Web(B));
        _tested.Drain();

        Assert.That(_asked, Is.Zero);
    }

    [Test]
    public void IdIsUsedAgain_FlowsAreCountedAnew()
    {
        _tested.Apply(Udp("dns", [Dns], A));
        var id = _tested.BackendId(Dns, A, Protocol.Udp);
        _tested.Maps.Backends[(int)id].Flows = 1;

        _tested.Apply(Gone("dns"));
        _tested.Drain();
        for (var i = 0; i < Small.SlotEntries; i++)
        {
            _tested.Apply(Udp("next", [Dns], $"10.0.2.{i}:53"));
            _tested.Drain();
        }

        Assert.That(_tested.Backend(id).Flows, Is.Zero);
    }

    [Test]
    public void Sweep_WorksOnTheMapsOfPacketPrograms()
    {
        using var sweep = _tested.OpenFlowSweep(FlowTimeouts.Default)!;
        Assert.That(sweep.Capacity, Is.EqualTo(75), "whole buckets");

        _tested.Maps.Backends[3].Flows = 7;
        Assert.That(sweep.Run(CancellationToken.None), Is.EqualTo(default(FlowGauges)));

        Assert.That(_tested.Backend(3).Flows, Is.Zero);
        Assert.That(CounterReader.Read(_pins.Bpffs).Single().Flows, Is.EqualTo(new FlowUse(0, 75, 0)));
    }

    [Test]
    public void NoDeviceServed_NothingIsSwept()
    {
        using var pins = new TemporaryPins();
        using var without = new IPv4Dataplane(pins.Bpffs, Small);

        Assert.That(without.OpenFlowSweep(FlowTimeouts.Default), Is.Null);
    }
}
