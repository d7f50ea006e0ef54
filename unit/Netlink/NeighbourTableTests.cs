using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Netlink;

/// <summary>What the kernel cannot be made to say soon enough.</summary>
public sealed class NeighbourTableTests
{
    [Test]
    public void BeforeItLearned_AllIsAChange()
    {
        var table = new NeighbourTable();

        Assert.That((table.Take(At(1, 1)), table.Take(At(1, 1)), table.Remove(At(2, 1))), Is.EqualTo((true, false, true)));
    }

    [Test]
    public void AnotherHardwareAddress_IsAChange()
    {
        var table = Learned(10, At(1, 1));

        Assert.That((table.Take(At(1, 2)), table.Take(At(1, 2)), table.Take(At(1, 1))), Is.EqualTo((true, false, true)));
    }

    [Test]
    public void NeighbourThatFails_IsAChangeOnce()
    {
        var table = Learned(10, At(1, 1));

        Assert.That((table.Take(Unreached(1)), table.Take(Unreached(1)), table.Remove(At(1, 1))), Is.EqualTo((true, false, false)));
    }

    [Test]
    public void SameAddressOnAnotherLink_IsAnother()
    {
        var table = Learned(10, At(1, 1));

        Assert.That(table.Take(At(1, 2) with { Key = new(8, 2, 1) }), Is.False);
    }

    [Test]
    public void WhatDoesNotFit_IsAlwaysAChange()
    {
        var table = Learned(2, At(1, 1), At(2, 1));

        var third = (table.Take(At(3, 1)), table.Take(At(3, 1)), table.Take(At(3, 2)));

        Assert.That(third, Is.EqualTo((false, true, true)), "a new one is no change yet");
        Assert.That((table.Take(At(1, 1)), table.Take(At(2, 2))), Is.EqualTo((false, true)), "those that fit are known");
    }

    [Test]
    public void MoreThanFitAtFirst_LeavesTheRestUnknown() =>
        Assert.That(Learned(2, At(1, 1), At(2, 1), At(3, 1)).Take(At(3, 1)), Is.True);

    private static NeighbourTable Learned(int capacity, params Neighbour[] all)
    {
        var table = new NeighbourTable(capacity);
        table.Learn(all);
        return table;
    }

    private static Neighbour At(byte address, byte hardwareAddress) => new(new(7, 2, address), new HardwareAddress([2, 0, 0, 0, 0, hardwareAddress]));

    private static Neighbour Unreached(byte address) => new(new(7, 2, address), default);
}
