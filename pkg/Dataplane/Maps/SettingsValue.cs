using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct network</c> in bpf/lib/types.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NetworkValue<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal readonly TAddress Addr;
    internal readonly TAddress Mask;

    internal NetworkValue(IpNetwork network)
    {
        Addr = TAddress.From(network.Base);
        Mask = TAddress.From(network.Base.Fill(0).Mask(network.PrefixLength));
    }

    internal IpNetwork ToNetwork()
    {
        Span<byte> mask = stackalloc byte[16];
        var bits = 0;
        foreach (var part in mask[..Mask.ToIpAddress().WriteBytes(mask)])
        {
            bits += BitOperations.PopCount(part);
        }

        return new(Addr.ToIpAddress(), bits);
    }
}

/// <summary><c>struct settings</c> in bpf/lib/types.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SettingsValue<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal TAddress ClusterFirst;
    internal TAddress ClusterLast;
    internal ushort NodePortFirst;
    internal ushort NodePortLast;
    internal byte LoopbackNodePorts;
    internal byte HasNodeAddresses;
    internal Padding Pad;
    internal uint ServiceNetworkCount;
    internal Networks ServiceNetworks;

    /// <summary><c>SERVICE_NETWORKS</c>.</summary>
    internal const int NetworkCapacity = 8;

    [InlineArray(NetworkCapacity)]
    [SuppressMessage("Style", "IDE0044", Justification = "the element of an inline array is written through its indexer")]
    internal struct Networks
    {
        private NetworkValue<TAddress> _first;
    }

    [InlineArray(6)]
    [SuppressMessage("Style", "IDE0044", Justification = "nobody writes the padding")]
    internal struct Padding
    {
        private byte _first;
    }
}
