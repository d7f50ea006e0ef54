using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Programs;

/// <summary>Tests of what the programs decide, without sockets: each family has its own, and the tests of a fixture share its maps.</summary>
[RequiresBpf]
[TestFixture(IpFamily.IPv4)]
[TestFixture(IpFamily.IPv6)]
public abstract class RulesFixture(IpFamily family)
{
    /// <summary>So often is dialled where chance has its part: that one of two backends is left out by accident has a chance of 2^-100.</summary>
    private const int Often = 100;

    private readonly HashSet<GivenService> _applied = [];

    private protected IpFamily Family { get; } = family;

    private protected ITestedRules Rules { get; private set; } = null!;

    [OneTimeSetUp]
    public void Load() => Rules = Family == IpFamily.IPv4
        ? new TestedRules<FrontendBucket4, Address4>()
        : new TestedRules<FrontendBucket6, Address6>();

    [OneTimeTearDown]
    public void Unload() => Rules.Dispose();

    [SetUp]
    public void ServeNodePorts() => Rules.Dataplane.SetNodeAddresses([FamilyText.Address(Family, GivenService.NodeAddress)], loopback: false);

    [TearDown]
    public void RemoveServices()
    {
        foreach (var service in _applied)
        {
            Rules.Dataplane.Apply(service.Gone());
        }

        _applied.Clear();
        Rules.Dataplane.SetServiceNetworks([]);
    }

    private protected void Apply(GivenService service)
    {
        _applied.Add(service);
        Rules.Dataplane.Apply(service.Plan(Family));
    }

    /// <summary>What one call of the client gets.</summary>
    private protected string Dial(string address, Client client, TimeSpan now = default, Protocol protocol = Protocol.Tcp) =>
        Rules.Dial(FamilyText.Frontend(Family, address, protocol), client, now);

    /// <summary>All that clients like this get there, in the order of their names.</summary>
    private protected string Reached(string address, Client client, Protocol protocol = Protocol.Tcp) =>
        string.Join(' ', Enumerable.Range(0, Often).Select(_ => Dial(address, client, default, protocol)).Distinct().Order(StringComparer.Ordinal));
}
