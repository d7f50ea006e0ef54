using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using KubeProxyNext.Unit.Dataplane;
using KubeProxyNext.Unit.Netlink;

namespace KubeProxyNext.Unit.Programs;

/// <summary>Tests with real sockets, of a process in a cgroup and in a network namespace that stands for the host's.</summary>
[RequiresBpf]
[TestFixture(IpFamily.IPv4)]
[TestFixture(IpFamily.IPv6)]
public abstract class HooksFixture(IpFamily family)
{
    /// <summary>An address of the host, and one of a backend that does not answer.</summary>
    private protected const string HostAddress = "198.51.100.5";

    private protected const string OtherAddress = "198.51.100.6";

    private static readonly MapCapacities Small = new(Frontends: 16, Slots: 64, Sockets: 64);

    private TemporaryPins _pins = null!;

    private protected IpFamily Family { get; } = family;

    private protected TemporaryNetwork Network { get; private set; } = null!;

    private protected IFamilyDataplane Tested { get; private set; } = null!;

    private protected SocketProcess Process { get; private set; } = null!;

    /// <summary>In Python.</summary>
    private protected string Inet => Family == IpFamily.IPv4 ? "AF_INET" : "AF_INET6";

    [SetUp]
    public void Attach()
    {
        _pins = new();
        Network = new();
        Network.Do("link add eth0 type veth peer name peer", "link set eth0 up", "link set peer up");
        Network.Do(new[] { HostAddress, OtherAddress }.Select(address => Family == IpFamily.IPv4
            ? $"addr add {address}/24 dev eth0"
            : $"addr add {Text(address)}/64 nodad dev eth0"));
        var cookie = Network.Run(NetnsCookie.Current);
        Tested = Family == IpFamily.IPv4
            ? new FamilyDataplane<FrontendBucket4, Address4>(_pins.Bpffs, Small, cookie)
            : new FamilyDataplane<FrontendBucket6, Address6>(_pins.Bpffs, Small, cookie);
        using var cgroup = CgroupHandle.Open(_pins.Cgroup);
        Tested.Attach(cgroup, bindProtection: true);
        Process = new(_pins.Cgroup, Network);
    }

    [TearDown]
    public void Detach()
    {
        Process.Dispose();
        Tested.Dispose();
        Network.Dispose();
        _pins.Dispose();
    }

    /// <summary>The address in this family, as a person would write it.</summary>
    private protected string Text(string address) => $"{FamilyText.Address(Family, address)}";

    private protected SocketProcess ProcessIn(TemporaryNetwork network) => new(_pins.Cgroup, network);
}
