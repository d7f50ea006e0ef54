using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>Which flows end when endpoints change: behaviour 6.1, line by line.</summary>
[RequiresBpf]
public sealed class StaleFlowTests : RealMapsFixture
{
    private const string Dns = "10.96.0.10:53";
    private const string A = "10.0.1.1:53";
    private const string B = "10.0.1.2:53";

    private protected override MapCapacities Small { get; } = new(Frontends: 16, Slots: 64, Sockets: 16);

    [TestCase(B, TestName = "EndpointRemovedOrNotServing_OthersServe_FlowEnds")]
    [TestCase("10.0.1.1:5353", TestName = "EndpointOnAnotherPort_FlowEnds")]
    public void Ends(string others)
    {
        var id = Given(A, B);

        Tested.Apply(Udp("dns", [Dns], others));

        AssertEnded(id);
    }

    [Test]
    public void Draining_OthersAreReady_FlowIsKept()
    {
        var id = Given(A, B);

        Tested.Apply(Retaining(A, B));

        AssertKept(id);
        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { $"{Dns}/UDP -> {B}" }), "new clients do not get it");
    }

    [Test]
    public void Drained_ThenGone_FlowEnds()
    {
        var id = Given(A, B);
        Tested.Apply(Retaining(A, B));

        Tested.Apply(Udp("dns", [Dns], B));

        AssertEnded(id);
    }

    [Test]
    public void Retained_ThenBack_IsTheSameBackend()
    {
        var id = Given(A, B);
        Tested.Apply(Retaining(A, B));

        Tested.Apply(Udp("dns", [Dns], A, B));

        AssertKept(id);
        Assert.That(Tested.BackendId(Dns, A, Protocol.Udp), Is.EqualTo(id));
    }

    [Test]
    public void LastServingEndpointGone_FlowIsKept_UntilAnotherServes()
    {
        var id = Given(A);

        Tested.Apply(Udp("dns", [Dns]));
        AssertKept(id);

        Tested.Apply(Udp("dns", [Dns], B));
        AssertEnded(id);
    }

    [Test]
    public void LastServingEndpointGone_AndBack_IsTheSameBackend()
    {
        var id = Given(A);

        Tested.Apply(Udp("dns", [Dns]));
        Tested.Apply(Udp("dns", [Dns], A));

        AssertKept(id);
        Assert.That(Tested.BackendId(Dns, A, Protocol.Udp), Is.EqualTo(id));
    }

    [Test]
    public void NoneIsLeftForThisPolicy_OthersServe_OnlyWhatServesIsKept()
    {
        var (a, b) = (Given(A, B), Tested.BackendId(Dns, B, Protocol.Udp));

        Tested.Apply(Retaining(A));

        AssertEnded(b);
        AssertKept(a);
    }

    [Test]
    public void ServiceGone_SocketsKeepTheirBackends()
    {
        var id = Given(A);
        Tested.Maps.Backends[(int)id].Live = 1;

        Tested.Apply(Gone("dns"));
        Settle();

        Assert.That(Tested.Backend(id).Flags, Is.Zero, "nothing is destroyed");
        Tested.Maps.Backends[(int)id].Live = 0;
    }

    [Test]
    public void Tcp_NothingIsDestroyedUnlessAsked([Values] bool asked)
    {
        ServicePlan Web(params string[] backends) => Service("web", Port("", Protocol.Tcp, ["10.96.0.10:80"], backends) with { DestroysSockets = asked });
        Tested.Apply(Web("10.0.1.1:80", "10.0.1.2:80"));
        var id = Tested.BackendId("10.96.0.10:80", "10.0.1.1:80");

        Tested.Apply(Web("10.0.1.2:80"));

        Assert.That((Tested.Backend(id).Generation, Tested.Backend(id).Flags), Is.EqualTo((1u, asked ? BackendValue.Destroy : (byte)0)));
    }

    [Test]
    public void Mark_IsTakenOffWhenTheIdIsUsedAgain()
    {
        var id = Given(A, B);
        Tested.Apply(Udp("dns", [Dns], B));
        Settle();
        for (var i = 0; i < Small.SlotEntries - 1; i++)
        {
            Tested.Apply(Udp("next", ["10.96.0.11:53"], $"10.0.2.{i}:53"));
            Settle();
        }

        Assert.That(Tested.Backend(id).Flags, Is.Zero);
    }

    [Test]
    public void PortRenewed_BackendGoesLater_SocketsOfTheOldIdAreDestroyedToo()
    {
        Tested.Apply(Udp("dns", [Dns, "10.96.0.11:53"], A, B));
        var old = Tested.BackendId(Dns, A, Protocol.Udp);
        Tested.Maps.Backends[(int)old].Live = 1;

        Tested.Apply(Udp("dns", [Dns], A, B));
        Settle();
        Assert.That(Tested.BackendId(Dns, A, Protocol.Udp), Is.Not.EqualTo(old));
        Assert.That(Tested.Backend(old).Flags, Is.Zero);

        Tested.Apply(Udp("dns", [Dns], B));
        Assert.That(Tested.Backend(old).Flags, Is.EqualTo(BackendValue.Destroy));
        Tested.Maps.Backends[(int)old].Live = 0;
    }

    [Test]
    public void PortRenewed_AndBackendGoneAtOnce_SocketsOfTheOldIdAreDestroyed()
    {
        Tested.Apply(Udp("dns", [Dns, "10.96.0.11:53"], A, B));
        var old = Tested.BackendId(Dns, A, Protocol.Udp);
        Tested.Maps.Backends[(int)old].Live = 1;

        Tested.Apply(Udp("dns", [Dns], B));

        Assert.That(Tested.Backend(old).Flags, Is.EqualTo(BackendValue.Destroy));
        Tested.Maps.Backends[(int)old].Live = 0;
    }

    private uint Given(params string[] backends)
    {
        Tested.Apply(Udp("dns", [Dns], backends));
        return Tested.BackendId(Dns, A, Protocol.Udp);
    }

    // B answers where it is given; A is only kept.
    private static ServicePlan Retaining(string retained, params string[] backends) => Service("dns",
        Port("", Protocol.Udp, [Dns], backends) with { Retained = Backends(retained) });

    private void AssertKept(uint id)
    {
        Settle();
        Assert.That((Tested.Backend(id).Generation, Tested.Backend(id).Flags), Is.EqualTo((0u, (byte)0)));
    }

    private void AssertEnded(uint id)
    {
        Assert.That((Tested.Backend(id).Generation, Tested.Backend(id).Flags), Is.EqualTo((1u, BackendValue.Destroy)));
        Settle();
        Assert.That(Tested.Backend(id).Generation, Is.EqualTo(2), "again, after a grace period");
    }
}
