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

    [Test]
    public void ServiceCounters_MoreThanAMapHolds_NamesTheOption()
    {
        var most = new MapCapacities(Frontends: 1 << 24);

        Assert.That(most.ServiceCountersFor(64), Is.EqualTo(1 << 30));
        Assert.That(() => most.ServiceCountersFor(128), Throws.InvalidOperationException.With.Message.Contains("--max-frontends"));
    }
}
