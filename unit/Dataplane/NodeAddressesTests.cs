using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>The addresses of this node that accept NodePorts.</summary>
[RequiresBpf]
public sealed class NodeAddressesTests : RealMapsFixture
{
    private protected override MapCapacities Small { get; } = new(Frontends: 16, Slots: 64, Sockets: 16);

    [Test]
    public void Set_IsWhatTheMapSays()
    {
        Tested.SetNodeAddresses(Addresses("198.18.0.1", "198.18.0.2", "198.18.0.2"), loopback: true);
        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { "node address 198.18.0.1", "node address 198.18.0.2", "node address loopback" }));

        Tested.SetNodeAddresses(Addresses("198.18.0.2", "198.18.0.3"), loopback: false);
        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { "node address 198.18.0.2", "node address 198.18.0.3" }));
        Assert.That(Tested.Maps.Settings.Written.HasNodeAddresses, Is.EqualTo(1));

        Tested.SetNodeAddresses([], loopback: false);
        Assert.That(MapDump.Of(Tested), Is.Empty);
        Assert.That(Tested.Maps.Settings.Written.HasNodeAddresses, Is.Zero);
    }

    [Test]
    public void Restart_WhatIsThere_IsKnown()
    {
        Tested.SetNodeAddresses(Addresses("198.18.0.1", "198.18.0.2"), loopback: false);
        Restart();

        Tested.SetNodeAddresses(Addresses("198.18.0.2"), loopback: false);

        Assert.That(InTheKernel(), Is.EqualTo(Addresses("198.18.0.2")));
    }

    [Test]
    public void Set_MoreThanThereIsRoomFor_TakesTheFirstAndTellsHowManyNot()
    {
        var all = Enumerable.Range(0, NodeAddresses<Address4>.Capacity + 3).Select(i => IpAddress.Parse($"10.1.{i / 256}.{i % 256}")).ToList();

        Assert.That(Tested.SetNodeAddresses(all, loopback: false), Is.EqualTo(3));

        Assert.That(InTheKernel(), Is.EquivalentTo(all.Take(NodeAddresses<Address4>.Capacity)));
    }

    [Test]
    public void Set_AllOthers_FitsThoughBothDoNot()
    {
        Tested.SetNodeAddresses(Enumerable.Range(0, 4000).Select(i => IpAddress.Parse($"10.1.{i / 256}.{i % 256}")), loopback: false);
        var next = Enumerable.Range(0, 4096).Select(i => IpAddress.Parse($"10.2.{i / 256}.{i % 256}")).ToList();

        Assert.That(Tested.SetNodeAddresses(next, loopback: false), Is.Zero);

        Assert.That(InTheKernel(), Is.EquivalentTo(next));
    }

    private IEnumerable<IpAddress> InTheKernel() =>
        new KubeProxyNext.Bpf.BpfMap<Address4, uint>(Tested.Programs.Map("node_addresses")).Keys().Select(address => address.ToIpAddress());

    private static IpAddress[] Addresses(params string[] texts) => [.. texts.Select(text => IpAddress.Parse(text))];
}
