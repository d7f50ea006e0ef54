using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using KubeProxyNext.Unit.Netlink;
using KubeProxyNext.Unit.Programs;
using static KubeProxyNext.Unit.Dataplane.Plans;
using IPv4Dataplane = KubeProxyNext.Dataplane.FamilyDataplane<KubeProxyNext.Dataplane.Maps.FrontendBucket4, KubeProxyNext.Dataplane.Maps.Address4>;

namespace KubeProxyNext.Unit.Dataplane.Succession;

/// <summary>Connected sockets while maps of one capacity take the place of others.</summary>
[RequiresBpf]
[TestFixture(64, 16, TestName = "SocketCarryTests(other Services)")]
[TestFixture(16, 64, TestName = "SocketCarryTests(other sockets)")]
[TestFixture(64, 64, TestName = "SocketCarryTests(both)")]
public sealed class SocketCarryTests(int frontends, int sockets)
{
    private static readonly ServicePlan Web = Udp("web", ["10.96.0.10:80"], "10.0.1.5:8080");
    private static readonly MapCapacities First = new(Frontends: 16, Slots: 64, Sockets: 16);

    private TemporaryPins _pins = null!;
    private TemporaryNetwork _network = null!;
    private CgroupHandle _cgroup = null!;
    private SocketProcess _process = null!;
    private ulong _cookie;
    private IPv4Dataplane _tested = null!;

    [SetUp]
    public void Attach()
    {
        _pins = new();
        _network = new();
        _network.Do("link add eth0 type veth peer name peer", "link set eth0 up", "link set peer up", "addr add 10.0.0.1/8 dev eth0");
        _cookie = _network.Run(NetnsCookie.Current);
        _cgroup = CgroupHandle.Open(_pins.Cgroup);
        _tested = new(_pins.Bpffs, First, _cookie);
        _tested.Apply(Web);
        _tested.Attach(_cgroup);
        _process = new(_pins.Cgroup, _network);
    }

    [TearDown]
    public void Detach()
    {
        _process.Dispose();
        _tested.Dispose();
        _cgroup.Dispose();
        _network.Dispose();
        _pins.Dispose();
    }

    [Test]
    public void Resize_ConnectedSocket_GoesOnToSeeItsService()
    {
        Dial("before");
        Begin();
        Dial("meanwhile");
        End();
        Dial("after");

        foreach (var name in new[] { "before", "meanwhile", "after" })
        {
            Assert.That(_process.Do($"assert {name}.getpeername() == ('10.96.0.10', 80), {name}.getpeername()"), Is.EqualTo("ok"));
        }

        Assert.That(Live, Is.EqualTo(3));
    }

    [Test]
    public void Resize_SocketThatIsClosed_IsNotCountedAnyMore()
    {
        Dial("a");
        Dial("b");
        Dial("c");
        _process.Do("a.close()");
        Begin();
        _process.Do("b.close()");
        Dial("d");
        End();
        Assert.That(Live, Is.EqualTo(2));

        _process.Do("c.close()");
        _process.Do("d.close()");
        Assert.That(Live, Is.Zero);
        Assert.That(_tested.Maps.Sockets.Count(), Is.Zero);
    }

    [Test]
    public void Resize_SocketThatConnectsAgainAndAgain_AlwaysSeesWhomItDialled()
    {
        var other = Udp("other", ["10.96.0.11:80"], "10.0.1.6:8080");
        _tested.Apply(other);
        _process.Do("watch = Watch(SOCK_DGRAM, ['10.96.0.10', '10.96.0.11'], 80)");

        for (var there = 0; there < 10; there++)
        {
            Begin(other);
            End();
            Begin(First, other);
            End();
        }

        Assert.That(_process.Do("watch.end()"), Is.EqualTo("ok"));
        Assert.That(_process.Do("assert watch.seen > 0 and not watch.wrong, watch.wrong[:3]"), Is.EqualTo("ok"));
    }

    private uint Live => _tested.Maps.Backends[(int)_tested.Maps.Slots[Range.First].Backend].Live;

    private SlotRange Range => new SetValue(_tested.Maps.Sets[(int)SetId.Of(
        _tested.Maps.Frontends.Entries().Single().Target.Service, TrafficPolicy.Cluster)]).Range;

    private void Dial(string name) => Assert.That(_process.Do($"dial('{name}', AF_INET, SOCK_DGRAM, '10.96.0.10', 80)"), Is.EqualTo("ok"));

    private void Begin(params ServicePlan[] others) => Begin(First with { Frontends = frontends, Sockets = sockets }, others);

    private void Begin(MapCapacities capacities, params ServicePlan[] others)
    {
        _tested.Dispose();
        _tested = new(_pins.Bpffs, capacities, _cookie);
        Array.ForEach([Web, .. others], _tested.Apply);
        _tested.RemoveUnclaimed();
    }

    private void End()
    {
        _tested.Attach(_cgroup);
        _tested.RemoveFormer();
    }
}
