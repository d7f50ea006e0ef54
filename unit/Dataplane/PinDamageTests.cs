using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Model;
using KubeProxyNext.Unit.Netlink;
using KernelDataplane = KubeProxyNext.Dataplane.Dataplane;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>What somebody has taken away of the pins is seen without the daemon that made them.</summary>
[TestFixture(DeviceAttach.Tcx)]
[TestFixture(DeviceAttach.Clsact)]
[RequiresBpf]
public sealed class PinDamageTests(DeviceAttach kind)
{
    private static readonly MapCapacities Small = new(Frontends: 16, Slots: 64, Sockets: 16, Flows: 64);

    private TemporaryPins _pins = null!;
    private TemporaryNetwork _network = null!;

    [SetUp]
    public void SetUp()
    {
        _pins = new();
        _network = new();
        _network.Do("link add eth0 index 7 type veth peer name peer0");
        _network.Run(() =>
        {
            using var dataplane = Load();
            dataplane.Attach();
            return dataplane.ServeDevices([new(7, "eth0")]);
        });
    }

    [TearDown]
    public void TearDown()
    {
        _network.Run(() => KernelDataplane.Cleanup(_pins.Bpffs));

        // The mark of a qdisc stays where the pins of its filters are gone.
        if (Directory.Exists(_pins.Bpffs))
        {
            Directory.Delete(_pins.Bpffs, recursive: true);
        }

        _pins.Dispose();
        _network.Dispose();
    }

    [Test]
    public void NothingTaken_NothingIsFound() => Assert.That(PinDamage.Find(_pins.Bpffs), Is.Empty);

    [Test]
    public void NothingPinned_NothingIsFound() => Assert.That(PinDamage.Find(_pins.Bpffs + "-other"), Is.Empty);

    [TestCase("ipv4-*", "IPv4: programs are at work, and none of their maps has a pin")]
    [TestCase("ipv4-*/*", "map frontends of IPv4 has no pin")]
    [TestCase("ipv6-*/sockets", "map sockets of IPv6 has no pin")]
    [TestCase("ipv4-*/flows", "map flows of IPv4 has no pin")]
    [TestCase("links/connect4", "link connect4 has no pin")]
    [TestCase("links/ingress4_7*", "link ingress4_7 has no pin")]
    [TestCase("links/*4_7*", "link ingress4_7 has no pin", "link egress4_7 has no pin")]
    [TestCase("links/*_7*", "link ingress4_7 has no pin", "link egress4_7 has no pin", "link ingress6_7 has no pin", "link egress6_7 has no pin")]
    public void Taken_IsFound(string pins, params string[] damage)
    {
        Remove(pins);

        var found = PinDamage.Find(_pins.Bpffs);

        Assert.That(found, pins == "ipv4-*/*" ? Is.SupersetOf(damage) : Is.EquivalentTo(damage));
    }

    [Test]
    public void MapTakenAndMadeAnew_ProgramsThatWorkOnTheOtherAreFound()
    {
        Remove("ipv4-*/service_counters");
        _network.Run(() =>
        {
            using var dataplane = Load();
            return true;
        });

        var found = PinDamage.Find(_pins.Bpffs);

        Assert.That(found, Does.Contain("connect4 works on another map service_counter than the one that has a pin"));
        Assert.That(found, Has.None.Contains("connect6"));
    }

    private KernelDataplane Load() => KernelDataplane.Load(_pins.Bpffs, _pins.Cgroup, [IpFamily.IPv4, IpFamily.IPv6], Small, devices: kind);

    private void Remove(string pins)
    {
        var parts = pins.Split('/');
        foreach (var folder in Directory.GetDirectories(_pins.Bpffs, parts[0]))
        {
            if (parts.Length == 1)
            {
                Directory.Delete(folder, recursive: true);
            }
            else
            {
                Array.ForEach(Directory.GetFiles(folder, parts[1]), File.Delete);
            }
        }
    }
}
