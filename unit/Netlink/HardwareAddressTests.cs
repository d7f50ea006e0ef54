using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Netlink;

public sealed class HardwareAddressTests
{
    [Test]
    public void EqualBytes_AreEqual()
    {
        var address = new HardwareAddress([2, 0, 0, 0, 0, 1]);

        Assert.That(address, Is.EqualTo(new HardwareAddress([2, 0, 0, 0, 0, 1])));
        Assert.That(address, Is.Not.EqualTo(new HardwareAddress([2, 0, 0, 0, 0, 2])));
        Assert.That(new HardwareAddress([2, 0]), Is.Not.EqualTo(new HardwareAddress([2, 0, 0])));
    }

    [TestCase(0)]
    [TestCase(6)]
    [TestCase(20)]
    [TestCase(32)]
    public void Bytes_AreThoseThatWereGiven(int length)
    {
        byte[] bytes = [.. Enumerable.Range(1, length).Select(i => (byte)i)];

        Assert.That(new HardwareAddress(bytes).ToBytes(), Is.EqualTo(bytes));
    }

    [Test]
    public void Text_IsAsIpWritesIt() => Assert.That(new HardwareAddress([2, 0, 0, 0xab, 0, 1]).ToString(), Is.EqualTo("02:00:00:ab:00:01"));
}
