using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using KubeProxyNext.Planning;
using KubeProxyNext.Unit.Dataplane;
using IPv4Dataplane = KubeProxyNext.Dataplane.FamilyDataplane<KubeProxyNext.Dataplane.Maps.FrontendBucket4, KubeProxyNext.Dataplane.Maps.Address4>;
using IPv6Dataplane = KubeProxyNext.Dataplane.FamilyDataplane<KubeProxyNext.Dataplane.Maps.FrontendBucket6, KubeProxyNext.Dataplane.Maps.Address6>;

namespace KubeProxyNext.Unit.Scenarios;

/// <summary>The maps of both families in the real kernel. No program is attached: tests write them, and read what is there.</summary>
internal sealed class NodeMaps : IDisposable
{
    private static readonly MapCapacities Small = new(Frontends: 128, Slots: 256, Sockets: 16);

    private readonly TemporaryPins _pins = new();
    private readonly HashSet<ObjectName> _applied = [];
    private readonly IPv4Dataplane _ipv4;
    private readonly IPv6Dataplane _ipv6;

    public NodeMaps()
    {
        var other = Task.Run(() => new IPv6Dataplane(_pins.Bpffs, Small));
        _ipv4 = new(_pins.Bpffs, Small);
        _ipv6 = other.GetAwaiter().GetResult();
    }

    /// <summary>Puts in force what was planned, as the process does.</summary>
    public void Apply(IReadOnlyList<ServicePlan> plans, NodeConfig node, ScenarioOptions options)
    {
        _applied.UnionWith(plans.Select(plan => plan.Name));
        SideBySide(family =>
        {
            var isUsed = node.Families.Contains(family.Family);
            var addresses = NodePortAddresses.Of(family.Family, options.NodePorts(), node.Addresses, isUsed ? options.Local() : []);
            Apply(family, plans);
            family.SetServiceNetworks(isUsed ? node.ServiceNetworks : []);
            family.SetNodeAddresses(addresses.Addresses, addresses.OnLoopback);
        });
    }

    /// <summary>What they say, as a person would write it.</summary>
    public IEnumerable<string> Dump(IpFamily family) => family == IpFamily.IPv4 ? MapDump.Of(_ipv4) : MapDump.Of(_ipv6);

    /// <summary>What they say to the last id, in hex: a set that is written again has other slots.</summary>
    public string Image()
    {
        Settle();
        return Convert.ToHexString([.. MapImage.Of(_ipv4), .. MapImage.Of(_ipv6)]);
    }

    /// <summary>What is left when no object is; addresses of the node are not among them. Waits until all that was retired is free.</summary>
    public IEnumerable<string> Leftovers()
    {
        Settle();
        return
        [
            .. Dump(IpFamily.IPv4).Concat(Dump(IpFamily.IPv6)).Where(line => !line.StartsWith("node address ", StringComparison.Ordinal)),
            .. MapImage.Leftovers(_ipv4, Small),
            .. MapImage.Leftovers(_ipv6, Small),
        ];
    }

    /// <summary>Takes back all plans that were ever put in force. Networks and addresses stay until others are set.</summary>
    public void MakeEmpty()
    {
        SideBySide(family => Apply(family, [.. _applied.Select(name => new ServicePlan(name, default))]));
        _applied.Clear();
    }

    public void Dispose()
    {
        _ipv4.Dispose();
        _ipv6.Dispose();
        _pins.Dispose();
    }

    // What was retired is written once more when its grace period is over.
    private void Settle() => Parallel.Invoke(_ipv4.Drain, _ipv6.Drain);

    private static void Apply(IFamilyDataplane family, IReadOnlyList<ServicePlan> plans)
    {
        foreach (var plan in plans)
        {
            family.Apply(plan);
        }

        family.Collect();
    }

    // Much of the time goes by waiting for the kernel, each family for itself.
    private void SideBySide(Action<IFamilyDataplane> action) => Parallel.Invoke(() => action(_ipv4), () => action(_ipv6));
}
