using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// The writer of <c>settings</c>. Programs read them without a lock, so no order of stores may let them refuse what is allowed: what
/// is written in pieces is out of use then, and the hulls only tell where it is worth to look, so they only grow.
/// Any thread may call.
/// </summary>
/// <param name="waitForGracePeriod">Blocks until no program works with what it read before.</param>
internal sealed class NodeSettings<TAddress>(BpfMap map, Action waitForGracePeriod) : IDisposable
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private readonly MappedArray<SettingsValue<TAddress>> _map = new(map);
    private readonly Lock _writer = new();
    private (ushort First, ushort Last) _nodePorts = (ushort.MaxValue, 0);
    private (IpAddress First, IpAddress Last)? _cluster;
    private IpNetwork[] _networks = [];
    private SettingsValue<TAddress> _written;

    /// <summary>What the map holds.</summary>
    internal SettingsValue<TAddress> Written => Value;

    private ref SettingsValue<TAddress> Value => ref _map[0];

    /// <summary>
    /// Takes the map as an earlier process left it. Hulls are measured anew; the networks stay until others are set, and what they
    /// refuse goes on to be refused.
    /// </summary>
    internal void Recover(IReadOnlyDictionary<FrontendKey<TAddress>, FrontendTarget> frontends)
    {
        lock (_writer)
        {
            foreach (var (key, target) in frontends)
            {
                Grow(target.Kind, key.ToAddress());
            }

            ReadOnlySpan<NetworkValue<TAddress>> networks = Value.ServiceNetworks;
            foreach (var network in networks[..(int)Math.Min(Value.ServiceNetworkCount, SettingsValue<TAddress>.NetworkCapacity)])
            {
                _networks = [.. _networks, network.ToNetwork()];
                Grow(network.ToNetwork());
            }

            WriteHulls();
            _written = Value;
        }
    }

    /// <summary>Puts right what somebody else has written. False where nothing was to be.</summary>
    internal bool Restore()
    {
        lock (_writer)
        {
            if (BytesOf(ref Value).SequenceEqual(BytesOf(ref _written)))
            {
                return false;
            }

            // Out of use while it is written in pieces, as far as it may refuse something.
            Volatile.Write(ref Value.ServiceNetworkCount, 0);
            waitForGracePeriod();
            var count = _written.ServiceNetworkCount;
            Value = _written with { ServiceNetworkCount = 0 };
            Volatile.Write(ref Value.ServiceNetworkCount, count);
            return true;
        }
    }

    /// <summary>Has programs look for the frontend where its kind is one that they look for only within a hull.</summary>
    internal void Include(FrontendKind kind, FrontendAddress address)
    {
        if (kind is not (FrontendKind.NodePort or FrontendKind.ClusterIPRest))
        {
            return;
        }

        lock (_writer)
        {
            if (Grow(kind, address))
            {
                WriteHulls();
                _written = Value;
            }
        }
    }

    /// <summary>Has everything refused in these networks that no Service has.</summary>
    /// <returns>Those that there is no room for: nothing is refused there.</returns>
    internal IReadOnlyList<IpNetwork> SetServiceNetworks(IReadOnlyList<IpNetwork> networks)
    {
        lock (_writer)
        {
            var wanted = networks.Take(SettingsValue<TAddress>.NetworkCapacity).ToArray();
            Array.ForEach(wanted, network => Grow(network));
            WriteHulls();
            WriteNetworks(wanted);
            _written = Value;
            return [.. networks.Skip(wanted.Length)];
        }
    }

    /// <summary>Whether NodePorts are served on loopback, and whether any other address serves them.</summary>
    internal void SetNodeAddresses(bool loopback, bool any)
    {
        lock (_writer)
        {
            Volatile.Write(ref Value.LoopbackNodePorts, loopback ? (byte)1 : (byte)0);
            Volatile.Write(ref Value.HasNodeAddresses, any ? (byte)1 : (byte)0);
            _written = Value;
        }
    }

    public void Dispose() => _map.Dispose();

    // Entries beyond the count are read by nobody, once a grace period has passed since they were within: what is new at the end can
    // be filled in and then counted, all else is taken out of use first.
    private void WriteNetworks(IpNetwork[] wanted)
    {
        if (!wanted.AsSpan().StartsWith(_networks))
        {
            Volatile.Write(ref Value.ServiceNetworkCount, 0);
            _networks = [];
            waitForGracePeriod();
        }

        for (var i = _networks.Length; i < wanted.Length; i++)
        {
            Value.ServiceNetworks[i] = new(wanted[i]);
        }

        Volatile.Write(ref Value.ServiceNetworkCount, (uint)wanted.Length);
        _networks = wanted;
    }

    private static Span<byte> BytesOf(ref SettingsValue<TAddress> value) => MemoryMarshal.AsBytes(new Span<SettingsValue<TAddress>>(ref value));

    // First after last is nothing.
    private void WriteHulls()
    {
        Value.NodePortFirst = _nodePorts.First;
        Value.NodePortLast = _nodePorts.Last;
        Value.ClusterFirst = TAddress.From(_cluster?.First ?? default(TAddress).ToIpAddress().Fill(0));
        Value.ClusterLast = TAddress.From(_cluster?.Last ?? default(TAddress).ToIpAddress());
    }

    private bool Grow(FrontendKind kind, FrontendAddress address) => kind switch
    {
        FrontendKind.NodePort => Grow(address.Port),
        FrontendKind.ClusterIPRest => Grow(new IpNetwork(address.Ip, address.Ip.BitLength)),
        _ => false,
    };

    private bool Grow(ushort nodePort)
    {
        var before = _nodePorts;
        _nodePorts = (Math.Min(before.First, nodePort), Math.Max(before.Last, nodePort));
        return _nodePorts != before;
    }

    private bool Grow(IpNetwork network)
    {
        var (before, first, last) = (_cluster, network.Base, network.Last);
        _cluster = before is { } hull ? (hull.First < first ? hull.First : first, hull.Last > last ? hull.Last : last) : (first, last);
        return _cluster != before;
    }
}
