using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>What programs ask where no frontend was found.</summary>
[RequiresBpf]
public sealed class NodeSettingsTests : RealMapsFixture
{
    private protected override MapCapacities Small { get; } = new(Frontends: 16, Slots: 64, Sockets: 16);

    private SettingsValue<Address4> Settings => Tested.Maps.Settings.Written;

    [Test]
    public void NewMaps_HullsHoldNothing()
    {
        Assert.That(Settings.NodePortFirst, Is.GreaterThan(Settings.NodePortLast));
        Assert.That(Settings.ClusterFirst.ToIpAddress(), Is.GreaterThan(Settings.ClusterLast.ToIpAddress()));
    }

    [Test]
    public void NodePorts_Come_HullHoldsThemAll()
    {
        Tested.Apply(NodePort("a", 30500));
        Assert.That((Settings.NodePortFirst, Settings.NodePortLast), Is.EqualTo((30500, 30500)));

        Tested.Apply(NodePort("b", 30080));
        Tested.Apply(NodePort("c", 31000));

        Assert.That((Settings.NodePortFirst, Settings.NodePortLast), Is.EqualTo((30080, 31000)));
    }

    [Test]
    public void NodePorts_Go_HullShrinksWithTheNextProcess()
    {
        Tested.Apply(NodePort("a", 30500));
        Tested.Apply(NodePort("b", 30080));
        Tested.Apply(Gone("b"));
        Assert.That(Settings.NodePortFirst, Is.EqualTo(30080), "a program may still look for it");

        Restart();

        Assert.That((Settings.NodePortFirst, Settings.NodePortLast), Is.EqualTo((30500, 30500)));
    }

    [Test]
    public void ClusterIPsWhoseRestIsRefused_AndServiceNetworks_AreInTheHull()
    {
        Tested.Apply(Service("web", Port("", Protocol.Tcp, ["10.96.0.10:80"], "10.0.1.1:80") with
        {
            Frontends = [ClusterIP("10.96.0.10:80"), Rest("10.96.0.10")],
        }));
        Tested.Apply(Plan("other", "10.200.0.1:80", "10.0.1.1:80"));
        Assert.That(Hull(), Is.EqualTo(("10.96.0.10", "10.96.0.10")));

        Tested.SetServiceNetworks(Networks("10.97.0.0/24"));

        Assert.That(Hull(), Is.EqualTo(("10.96.0.10", "10.97.0.255")));
    }

    [Test]
    public void ServiceNetworks_OfOtherFamilies_AreNotTaken()
    {
        Tested.SetServiceNetworks(Networks("10.96.0.0/16", "2001:db8::/112"));

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { "service network 10.96.0.0/16" }));
    }

    [Test]
    public void ServiceNetworks_MoreThanThereIsRoomFor_AreTold()
    {
        var omitted = Tested.SetServiceNetworks(Networks([.. Enumerable.Range(0, 10).Select(i => $"10.{i}.0.0/16")]));

        Assert.That(omitted, Is.EqualTo(Networks("10.8.0.0/16", "10.9.0.0/16")));
        Assert.That(MapDump.Of(Tested), Has.Length.EqualTo(8));
    }

    [TestCase("10.1.0.0/16 10.2.0.0/16", "10.1.0.0/16 10.2.0.0/16 10.3.0.0/16", ExpectedResult = 0)]
    [TestCase("10.1.0.0/16 10.2.0.0/16", "10.1.0.0/16 10.2.0.0/16", ExpectedResult = 0)]
    [TestCase("10.1.0.0/16 10.2.0.0/16", "10.1.0.0/16", ExpectedResult = 1)]
    [TestCase("10.2.0.0/16", "10.1.0.0/16 10.2.0.0/16", ExpectedResult = 1)]
    [TestCase("10.2.0.0/16", "", ExpectedResult = 1)]
    public int ServiceNetworks_Change_WhatIsInUseIsTakenOutOfUseFirst(string before, string after)
    {
        var counts = new List<uint>();
        using var settings = new NodeSettings<Address4>(Tested.Programs.Map("settings"), () => counts.Add(Settings.ServiceNetworkCount));
        settings.SetServiceNetworks(Networks(before.Split(' ')));
        counts.Clear();

        settings.SetServiceNetworks(Networks(after.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.That(counts, Is.All.Zero, "a program that reads a half-written network would refuse what is allowed");
        Assert.That(MapDump.Of(Tested).Select(line => line.Split(' ')[^1]), Is.EqualTo(after.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        return counts.Count;
    }

    [Test]
    public void Restart_ServiceNetworks_StayUntilOthersAreSet()
    {
        Tested.SetServiceNetworks(Networks("10.96.0.0/16", "10.98.0.0/24"));
        Restart();
        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { "service network 10.96.0.0/16", "service network 10.98.0.0/24" }));
        Assert.That(Hull(), Is.EqualTo(("10.96.0.0", "10.98.0.255")));

        Tested.SetServiceNetworks([]);

        Assert.That(MapDump.Of(Tested), Is.Empty);
    }

    private (string First, string Last) Hull() => ($"{Settings.ClusterFirst.ToIpAddress()}", $"{Settings.ClusterLast.ToIpAddress()}");

    private static IpNetwork[] Networks(params string[] texts) =>
        [.. texts.Select(text => IpNetwork.TryParse(text, out var network) ? network : throw new FormatException(text))];

    private static ServicePlan NodePort(string name, ushort port) => Service(name, Port("", Protocol.Tcp, ["10.96.0.10:80"], "10.0.1.1:80") with
    {
        Frontends = [External(FrontendKind.NodePort, $"0.0.0.0:{port}")],
    });
}
