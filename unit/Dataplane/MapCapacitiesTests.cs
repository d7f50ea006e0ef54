using KubeProxyNext.Dataplane;

namespace KubeProxyNext.Unit.Dataplane;

public sealed class MapCapacitiesTests
{
    [TestCase(1, ExpectedResult = 1)]
    [TestCase(4, ExpectedResult = 1)]
    [TestCase(5, ExpectedResult = 2)]
    [TestCase(1 << 24, ExpectedResult = 1 << 22)]
    public int SocketBuckets_AnyNumberOfSockets_IsThePowerOfTwoThatHoldsThem(int sockets) =>
        new MapCapacities(Sockets: sockets).SocketBuckets;

    [TestCase(2, 8, ExpectedResult = 262_144, TestName = "Flows_TwoForEachOfConntrackMin")]
    [TestCase(64, 256, ExpectedResult = 64 * 65_536, TestName = "Flows_TwoForEachOfConntrackMaxPerCore")]
    [TestCase(64, 16, ExpectedResult = 1 << 21, TestName = "Flows_ASixteenthOfTheMemory")]
    [TestCase(1, 1, ExpectedResult = 1 << 17, TestName = "Flows_ASixteenthOfTheMemory_BelowConntrackMin")]
    [TestCase(4096, 1 << 16, ExpectedResult = 1 << 24, TestName = "Flows_NoMoreThanAMapShouldHave")]
    public int Flows_OfAMachine(int cpus, int gigabytes) => MapCapacities.FlowsFor(cpus, (long)gigabytes << 30);

    [Test]
    public void Flows_ALittleMoreMemory_IsTheSameTable() => Assert.That(
        MapCapacities.FlowsFor(64, 17L << 30), Is.EqualTo(MapCapacities.FlowsFor(64, 16L << 30)));

    [Test]
    public void Flows_MaxPerCoreIsZero_IsTheDefault() => Assert.That(MapCapacities.FlowsFor(8, 64L << 30, perCpu: 0, least: 7), Is.EqualTo(8 * 65_536));

    [Test]
    public void MachineMemory_IsWhatTheKernelSays()
    {
        Assert.That(MachineMemory.Parse(["MemFree: 1 kB", "MemTotal:       16384 kB"]), Is.EqualTo(16 << 20));
        Assert.That(MachineMemory.Total, Is.GreaterThan(1 << 26));
    }

    [Test]
    public void ServiceCounters_MoreThanAMapHolds_NamesTheOption()
    {
        var most = new MapCapacities(Frontends: 1 << 24);

        Assert.That(most.ServiceCountersFor(64), Is.EqualTo(1 << 30));
        Assert.That(() => most.ServiceCountersFor(128), Throws.InvalidOperationException.With.Message.Contains("--max-frontends"));
    }
}
