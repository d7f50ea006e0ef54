using System.Net;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Netlink;

[RequiresBpf]
public sealed class LocalAddressesTests
{
    private const string Veth = "link add v0 type veth peer name v1";

    [Test]
    public void NewNamespace_HasLoopbackAlone()
    {
        using var network = new TemporaryNetwork();

        var addresses = network.Run(LocalAddresses.List);

        Assert.That(addresses, Is.EqualTo(new LocalAddress[]
        {
            new(IPAddress.Loopback, 8, InterfaceIndex: 1, AddressScope.Host, AddressFlags.None),
            new(IPAddress.IPv6Loopback, 128, InterfaceIndex: 1, AddressScope.Host, AddressFlags.None),
        }));
    }

    [Test]
    public void AddressWithPeer_IsTheInterfacesOwn()
    {
        using var network = new TemporaryNetwork();
        network.Do(Veth, "addr add 192.0.2.11 peer 192.0.2.99/32 dev v0", "addr add 2001:db8::11 peer 2001:db8::99/128 dev v0");

        var addresses = network.Run(LocalAddresses.List).Select(address => address.Address.ToString());

        Assert.That(addresses, Does.Contain("192.0.2.11").And.Contain("2001:db8::11"));
        Assert.That(addresses, Has.None.EndsWith("99"), "those are somebody else's");
    }

    [Test]
    public void SeveralHundred_AreAllListedInOrder()
    {
        using var network = new TemporaryNetwork();
        string[] wanted = [.. Enumerable.Range(0, 800).Select(i => $"10.0.{i / 250}.{i % 250 + 1}"), .. Enumerable.Range(1, 400).Select(i => $"2001:db8::{i:x}")];
        network.Do(wanted.Reverse().Select(address => $"addr add {address}/{(address.Contains(':') ? 128 : 32)} dev lo nodad"));

        var addresses = network.Run(LocalAddresses.List);

        Assert.That(addresses.Where(address => !IPAddress.IsLoopback(address.Address)).Select(address => address.Address.ToString()), Is.EqualTo(wanted));
    }

    [Test]
    public void AddressThatIsDetectingDuplicates_IsListedAndNotUsable()
    {
        // Without a carrier the detection does not begin.
        using var network = new TemporaryNetwork();
        network.Do(Veth, "link set v0 up", "addr add 2001:db8::11/64 dev v0", "addr add 2001:db8::12/64 dev v0 nodad");

        var usable = network.Run(LocalAddresses.List)
            .Where(address => address.PrefixLength == 64)
            .ToDictionary(address => address.Address.ToString(), address => address.IsUsable);

        Assert.That(usable, Is.EqualTo(new Dictionary<string, bool> { ["2001:db8::11"] = false, ["2001:db8::12"] = true }));
    }

    [TestCase(AddressFlags.None, true)]
    [TestCase(AddressFlags.Deprecated, true)]
    [TestCase(AddressFlags.Tentative, false)]
    [TestCase(AddressFlags.Tentative | AddressFlags.Optimistic, true)]
    [TestCase(AddressFlags.DadFailed | AddressFlags.Tentative, false)]
    [TestCase(AddressFlags.DadFailed | AddressFlags.Optimistic, false)]
    public void Flags_TellWhetherTheMachineAnswers(AddressFlags flags, bool usable) => Assert.That(
        new LocalAddress(IPAddress.IPv6Loopback, 128, InterfaceIndex: 1, AddressScope.Host, flags).IsUsable, Is.EqualTo(usable));
}
