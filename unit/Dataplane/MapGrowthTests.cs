using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane;

public sealed class MapGrowthTests
{
    private static readonly MapCapacities Usual = new(Frontends: 100, Slots: 100, Sockets: 100, SourceRanges: 100, Affinities: 100, Flows: 100);
    private static readonly MapCapacities Most = new(1000, 1000, 1000, 1000, 1000, 1000);

    [TestCase("slots", 80, ExpectedResult = 0)]
    [TestCase("slots", 81, ExpectedResult = 256)]
    [TestCase("slots", 250, ExpectedResult = 512, Description = "a change does not fit")]
    [TestCase("slots", 5000, ExpectedResult = 1000)]
    [TestCase("devices", 100, ExpectedResult = 0, Description = "of a size that is given")]
    public int Next_MapsThatFill_AreTwiceAsLargeOrMore(string map, int entries) =>
        new MapGrowth(Most).Next(Usual, [Use(map, entries)])?.Slots ?? 0;

    [TestCase("frontends", ExpectedResult = "256 100 100 100 100 100")]
    [TestCase("service_counters", ExpectedResult = "256 100 100 100 100 100")]
    [TestCase("backends", ExpectedResult = "100 256 100 100 100 100")]
    [TestCase("sockets", ExpectedResult = "100 100 256 100 100 100")]
    [TestCase("source_ranges", ExpectedResult = "100 100 100 256 100 100")]
    [TestCase("affinities", ExpectedResult = "100 100 100 100 256 100")]
    [TestCase("flows", ExpectedResult = "100 100 100 100 100 256")]
    public string Next_MapThatFills_HasItsCapacity(string map) => Text(new MapGrowth(Most).Next(Usual, [Use(map, 90)]));

    [Test]
    public void Next_AtTheMost_IsNothing() => Assert.That(new MapGrowth(Usual).Next(Usual, [Use("slots", 100)]), Is.Null);

    [Test]
    public void Next_LargerThanTheMostAlready_IsNothing() =>
        Assert.That(new MapGrowth(Usual).Next(Usual with { Slots = 500 }, [Use("slots", 500, 500)]), Is.Null);

    [Test]
    public void Next_KernelHadNoRoom_IsNothing()
    {
        var growth = new MapGrowth(Most);
        growth.Stop(Usual);

        Assert.That(growth.Next(Usual, [Use("slots", 100)]), Is.Null);
    }

    [Test]
    public void First_WhatHasGrownBefore_IsKept()
    {
        var growth = new MapGrowth(Most);

        Assert.That(growth.First(Usual, inForce: null), Is.EqualTo(Usual));
        Assert.That(growth.First(Usual, Usual with { Slots = 400, Flows = 20 }), Is.EqualTo(Usual with { Slots = 400 }));
        Assert.That(growth.First(Usual, Usual with { Slots = 4000 }), Is.EqualTo(Usual with { Slots = 1000 }));
        Assert.That(new MapGrowth(Most with { Slots = 7 }).First(Usual, inForce: null), Is.EqualTo(Usual with { Slots = 7 }));
    }

    private static MapUse Use(string map, int entries, int capacity = 100) => new(IpFamily.IPv4, map, entries, capacity);

    private static string Text(MapCapacities? next) =>
        $"{next?.Frontends} {next?.Slots} {next?.Sockets} {next?.SourceRanges} {next?.Affinities} {next?.Flows}";
}
