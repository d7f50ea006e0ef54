using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Dataplane.Succession;
using KubeProxyNext.Model;
using KubeProxyNext.Unit.Dataplane.Flows;
using KubeProxyNext.Unit.Netlink;
using IPv4Dataplane = KubeProxyNext.Dataplane.FamilyDataplane<KubeProxyNext.Dataplane.Maps.FrontendBucket4, KubeProxyNext.Dataplane.Maps.Address4>;

namespace KubeProxyNext.Unit.Dataplane.Succession;

/// <summary>Flows whose table is to be another.</summary>
[RequiresBpf]
public sealed class FlowCarryTests
{
    private static readonly FlowSide Open = new("SA", Packets: 3);

    private TestedFlows _former = null!;
    private TemporaryNetwork _network = null!;

    [SetUp]
    public void SetUp()
    {
        _former = new(IpFamily.IPv4);
        _network = new();
        _network.Do("link add eth0 index 7 type veth peer name peer0");
    }

    [TearDown]
    public void TearDown()
    {
        _network.Run(() => KubeProxyNext.Dataplane.Dataplane.Cleanup(_former.Bpffs));
        _former.Dispose();
        _network.Dispose();
    }

    [TestCase(15)]
    [TestCase(600)]
    [TestCase(90_000)]
    public void Serve_TableOfAnotherSize_KnowsTheFlows(int flows)
    {
        const int connections = 5;
        for (var port = 1; port <= connections; port++)
        {
            _former.Make($"10.1.0.9:{port} > 10.96.0.10:80", $"10.1.0.9:{port} > 10.0.1.5:8080", Open, Open, Protocol.Tcp);
        }

        using var cgroup = new TemporaryPins();
        using var handle = CgroupHandle.Open(cgroup.Cgroup);
        using var tested = new IPv4Dataplane(
            _former.Bpffs, new(Frontends: 16, Slots: 64, Sockets: 16, SourceRanges: 16, Affinities: 1024, Flows: flows), devices: DeviceAttach.Tcx);
        tested.Attach(handle);
        Assert.That(_network.Run(() => tested.Devices!.Serve([new(7, "eth0")])), Is.Empty);
        tested.RemoveFormer();

        var carried = Read();
        Assert.That(carried, Has.Count.EqualTo(2 * connections));
        Assert.That(carried.Values.Select(found => found.Flow.Packets), Is.All.EqualTo(3));
        Assert.That(tested.PacketSettings!.Value.HeldUntil, Is.LessThanOrEqualTo(FlowClock.Now), "connections begin again");
    }

    [Test]
    public void Run_WhatEndsMeanwhile_HasEndedInTheNewTable()
    {
        _former.Make("10.1.0.9:1 > 10.96.0.10:80", "10.1.0.9:1 > 10.0.1.5:8080", Open, Open, Protocol.Tcp);
        _former.Make("10.1.0.9:2 > 10.96.0.10:80", "10.1.0.9:2 > 10.0.1.5:8080", Open, Open, Protocol.Tcp);
        var capacities = new MapCapacities(Frontends: 16, Slots: 64, Sockets: 16, SourceRanges: 16, Affinities: 1024, Flows: 600);
        using var tested = new IPv4Dataplane(_former.Bpffs, capacities, devices: DeviceAttach.Tcx);
        var folder = Directory.GetDirectories(_former.Bpffs, "ipv4-*_next").Single();
        using var former = new FormerMaps(Path.Combine(_former.Bpffs, "ipv4-000000000000"));
        using var grace = new GracePeriod();

        using (new FlowCarry(former, tested.Packets!.Maps, () => OpenCarry(folder, capacities), grace).Run())
        {
            Assert.That(Read(folder), Has.Count.EqualTo(4));
            _former.Remove("10.1.0.9:1 > 10.96.0.10:80", Protocol.Tcp);
            _former.Remove("10.1.0.9:2 > 10.96.0.10:80", Protocol.Tcp);
            _former.Make("10.1.0.9:2 > 10.96.0.10:80", "10.1.0.9:2 > 10.0.1.5:8080", new("SAF", Packets: 4), null, Protocol.Tcp);
        }

        var carried = Read(folder);
        Assert.That(carried, Has.Count.EqualTo(3));
        Assert.That(carried.Values.Count(found => (found.Flow.TcpFlags & 1) != 0), Is.EqualTo(1), "one has seen its end");
    }

    [Test]
    public void Carry_PortUsedAgainForAnotherServicePort_CarriesThatConnection()
    {
        _former.MakePastStack("10.1.0.9:1 > 10.96.0.10:80", "10.1.0.9:1 > 10.0.1.5:8080", Open, Open, Protocol.Tcp);
        var carried = Carry(flows: 600, pass =>
        {
            pass.Carry();
            _former.Remove("10.1.0.9:1 > 10.96.0.10:80", Protocol.Tcp);
            _former.Remove("10.0.1.5:8080 > 10.1.0.9:1", Protocol.Tcp);
            _former.MakePastStack("10.1.0.9:1 > 10.96.0.10:443", "10.1.0.9:1 > 10.0.1.5:8080", Open, Open, Protocol.Tcp);
            pass.Carry();
        });

        Assert.That(carried, Has.Count.EqualTo(2));
        Assert.That(carried.Values.Select(found => found.Flow.Twin), Is.EquivalentTo(carried.Keys), "each leads to the other");
    }

    [Test]
    public void Carry_IntoASmallTable_NoHalfOfWhatWasResetIsTakenForOneThatGoesOn()
    {
        for (var port = 1; port <= 200; port++)
        {
            _former.Make($"10.1.0.9:{port} > 10.96.0.10:80", $"10.1.0.9:{port} > 10.0.1.5:8080", new("SAR", Idle: 2), new("SA", Idle: 2), Protocol.Tcp);
        }

        var carried = Carry(flows: 300, pass => pass.Carry());

        Assert.That(carried, Has.Count.InRange(200, 300));
        Assert.That(
            carried.Values.Where(found => (found.Flow.TcpFlags & 4) == 0).Select(found => found.Flow.Twin).Except(carried.Keys), Is.Empty);
    }

    [TestCase(4000, ExpectedResult = 4000)]
    [TestCase(1000, ExpectedResult = 9000)]
    public int Flows_ThatWouldFillHalfOfASmallerTable_KeepTheirs(int wanted)
    {
        using (var gauges = PinnedMap.Open(Path.Combine(_former.Bpffs, "ipv4-000000000000", "flow_gauges")))
        {
            byte[] value = [.. BitConverter.GetBytes(600UL), .. new byte[gauges.ValueSize - sizeof(ulong)]];
            gauges.Write(0, value);
        }

        return new MapCapacities(Flows: wanted).WithRoomForFlowsOf(_former.Bpffs).Flows;
    }

    private IReadOnlyDictionary<FlowKey<Address4>, FoundFlow<Address4>> Carry(int flows, Action<FlowPass> carry)
    {
        var capacities = new MapCapacities(Frontends: 16, Slots: 64, Sockets: 16, SourceRanges: 16, Affinities: 1024, Flows: flows);
        using var tested = new IPv4Dataplane(_former.Bpffs, capacities, devices: DeviceAttach.Tcx);
        var folder = Directory.GetDirectories(_former.Bpffs, "ipv4-*_next").Single();
        using var former = new FormerMaps(Path.Combine(_former.Bpffs, "ipv4-000000000000"));
        var (then, now) = (former.FindOther(tested.Packets!.Maps.Map("flows"))!, tested.Packets.Maps);
        using var pass = new FlowPass(then, FormerMaps.TypesOf(then, now.Map("flows"), now.Btf), now, OpenCarry(folder, capacities));
        carry(pass);
        return Read(folder);
    }

    private static BpfObject OpenCarry(string folder, MapCapacities capacities)
    {
        var opened = CarryObject.OpenFlows(IpFamily.IPv4);
        TcObject.Configure(opened, FrontendTable<FrontendBucket4, Address4>.MapEntries(capacities.Frontends), capacities, FrontendSeed.OfThisBoot(), hostNetnsCookie: 0);
        return LoadedBeside.Load(opened, folder);
    }

    private IReadOnlyDictionary<FlowKey<Address4>, FoundFlow<Address4>> Read() => Read(Directory.GetDirectories(_former.Bpffs, "ipv4-*").Single());

    private static IReadOnlyDictionary<FlowKey<Address4>, FoundFlow<Address4>> Read(string folder)
    {
        using var map = PinnedMap.Open(Path.Combine(folder, "flows"));
        using var table = new FlowTable<FlowEntry4, Address4>(map);
        return table.Read();
    }
}
