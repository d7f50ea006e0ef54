using KubeProxyNext.Model;
using KubeProxyNext.Telemetry;

namespace KubeProxyNext.Unit.Programs;

/// <summary>What a client dials, and in which order it is looked for (behaviour 2.3, 4.2).</summary>
public sealed class LookupOrderTests(IpFamily family) : RulesFixture(family)
{
    [TestCase("192.0.2.11:30080", "R1")]
    [TestCase("192.0.2.12:30080", "left alone", Description = "no address for NodePorts")]
    [TestCase("192.0.2.11:30081", "left alone", Description = "no NodePort")]
    [TestCase("192.0.2.11:80", "left alone", Description = "the Service's port at the node's address")]
    [TestCase("10.96.10.1:30080", "left alone", Description = "the NodePort at the ClusterIP")]
    [TestCase("203.0.113.10:30080", "left alone")]
    [TestCase("198.51.100.9:443", "left alone")]
    [TestCase("198.51.100.9:0", "left alone")]
    public void NodePort_IsServedAtItsAddressesAlone(string address, string expected)
    {
        Apply(new() { Cluster = "R1" });

        Assert.That(Dial(address, Client.Pod), Is.EqualTo(expected));
        Assert.That(Dial(address, Client.Host), Is.EqualTo(expected));
    }

    [Test]
    public void NodePort_OfTheOtherProtocol_IsLeftAlone()
    {
        Apply(new() { Cluster = "R1", Protocol = Protocol.Udp });

        Assert.That(Dial(GivenService.NodePort, Client.Pod), Is.EqualTo("left alone"));
        Assert.That(Dial(GivenService.NodePort, Client.Pod, protocol: Protocol.Udp), Is.EqualTo("R1"));
    }

    [Test]
    public void NodePort_NodeHasNoAddressForThem_IsLeftAlone()
    {
        Apply(new() { Cluster = "R1" });

        Rules.Dataplane.SetNodeAddresses([], loopback: false);

        Assert.That(Dial(GivenService.NodePort, Client.Pod), Is.EqualTo("left alone"));
    }

    [Test]
    public void Vip_GoesBeforeNodePort()
    {
        Apply(new() { Cluster = "R1" });
        Rules.Dataplane.Apply(VipAtNodePort());

        Assert.That(Dial(GivenService.NodePort, Client.Pod), Is.EqualTo("L2"));

        Rules.Dataplane.Apply(new(new("default", "hijack"), []));
    }

    [TestCase(true, "R1")]
    [TestCase(false, "left alone")]
    public void Loopback_IsServedToTheHost_InIPv4_WhereAskedFor(bool served, string inIPv4)
    {
        Apply(new() { Cluster = "R1" });

        Rules.Dataplane.SetNodeAddresses([], served);

        Assert.That(Dial("127.0.0.1:30080", Client.Host), Is.EqualTo(Family == IpFamily.IPv4 ? inIPv4 : "left alone"));
        Assert.That(Dial("127.8.9.10:30080", Client.Host with { Bound = "127.0.0.1" }), Is.EqualTo(Family == IpFamily.IPv4 ? inIPv4 : "left alone"));
        Assert.That(Dial("127.0.0.1:30080", Client.Pod), Is.EqualTo("left alone"), "in a pod's network loopback is the pod");
    }

    [Test]
    public void ZeroAddress_IsLoopback_NotTheNodePortsKey()
    {
        Apply(new() { Cluster = "R1" });

        Assert.That(Dial("0.0.0.0:30080", Client.Pod), Is.EqualTo("left alone"));
        Assert.That(Dial("0.0.0.0:30080", Client.Host), Is.EqualTo("left alone"));
        Rules.Dataplane.SetNodeAddresses([], loopback: true);
        Assert.That(Dial("0.0.0.0:30080", Client.Host), Is.EqualTo(Family == IpFamily.IPv4 ? "R1" : "left alone"));
        Assert.That(Dial("0.0.0.0:30080", Client.Pod), Is.EqualTo("left alone"));
    }

    [Test]
    public void ZeroAddress_OfABoundIPv4Socket_IsTheAddressThatItIsBoundTo()
    {
        Apply(new() { Cluster = "R1" });

        Assert.That(Dial("0.0.0.0:30080", Client.From(GivenService.NodeAddress)), Is.EqualTo(Family == IpFamily.IPv4 ? "R1" : "left alone"));
    }

    [TestCase("10.96.200.200:80", "reject")]
    [TestCase("10.96.200.200:0", "reject")]
    [TestCase("10.96.10.1:81", "reject", Description = "a port that the Service does not have")]
    [TestCase("10.111.255.255:9", "reject", Description = "the last of the network")]
    [TestCase("10.112.0.0:80", "left alone", Description = "behind it")]
    [TestCase("10.95.255.255:80", "left alone", Description = "before it")]
    [TestCase("10.96.10.1:80", "R1")]
    public void ServiceNetwork_WhatNoServiceHas_IsRefused(string address, string expected)
    {
        Apply(new() { Cluster = "R1" });

        Rules.Dataplane.SetServiceNetworks([FamilyText.Network(Family, "10.96.0.0/12"), FamilyText.Network(Family, "10.200.0.0/24")]);

        Assert.That(Dial(address, Client.Pod), Is.EqualTo(expected));
        Assert.That(Dial(address, Client.Host), Is.EqualTo(expected));
        Assert.That(Dial("10.150.0.1:80", Client.Pod), Is.EqualTo("left alone"), "between two networks");
        Assert.That(Dial("10.200.0.9:80", Client.Pod), Is.EqualTo("reject"));
        Assert.That(Dial("10.200.1.0:80", Client.Pod), Is.EqualTo("left alone"));
    }

    [Test]
    public void ServiceNetwork_UdpToo()
    {
        Apply(new() { Cluster = "R1" });

        Rules.Dataplane.SetServiceNetworks([FamilyText.Network(Family, "10.96.0.0/12")]);

        Assert.That(Dial(GivenService.ClusterIP, Client.Pod, protocol: Protocol.Udp), Is.EqualTo("reject"));
    }

    [Test]
    public void ServiceNetwork_Gone_IsLeftAlone()
    {
        Rules.Dataplane.SetServiceNetworks([FamilyText.Network(Family, "10.96.0.0/12")]);
        Assert.That(Dial("10.96.3.4:80", Client.Pod), Is.EqualTo("reject"));

        Rules.Dataplane.SetServiceNetworks([]);

        Assert.That(Dial("10.96.3.4:80", Client.Pod), Is.EqualTo("left alone"));
    }

    [Test]
    public void ClusterIPOutsideTheNetworks_OtherPorts_AreRefused([Values] bool rest)
    {
        Apply(new() { Cluster = "R1", Rest = rest });

        Assert.That(Dial("10.96.10.1:81", Client.Pod), Is.EqualTo(rest ? "reject" : "left alone"));
        Assert.That(Dial("10.96.10.1:80", Client.Pod, protocol: Protocol.Udp), Is.EqualTo(rest ? "reject" : "left alone"));
        Assert.That(Dial("10.96.10.1:80", Client.Pod), Is.EqualTo("R1"));
        Assert.That(Dial("10.96.10.2:81", Client.Pod), Is.EqualTo("left alone"));
    }

    [Test]
    public void Unallocated_IsCounted()
    {
        Apply(new() { Rest = true });
        var before = Rules.Count(Counter.DropUnallocated);

        _ = Dial("10.96.10.1:81", Client.Pod);

        Assert.That(Rules.Count(Counter.DropUnallocated), Is.EqualTo(before + 1));
    }

    // An external IP that is the node's address takes that port of the node (behaviour 2.5).
    private ServicePlan VipAtNodePort()
    {
        var plan = new GivenService { Name = "hijack", Cluster = "L2" }.Plan(Family);
        var frontend = new Frontend(
            FamilyText.Frontend(Family, GivenService.NodePort, Protocol.Tcp), FrontendKind.ExternalIP, TrafficPolicy.Cluster, TrafficPolicy.Cluster);
        return plan with { Ports = [plan.Ports[0] with { Frontends = [frontend] }] };
    }
}
