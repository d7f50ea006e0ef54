using System.Runtime.InteropServices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct frontend_key</c> in bpf/lib/types.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FrontendKey<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal readonly TAddress Addr;
    internal readonly Be16 Port;
    internal readonly byte Protocol;
    internal readonly byte Pad;

    internal FrontendKey(FrontendAddress address)
    {
        Addr = TAddress.From(address.Ip);
        Port = new(address.Port);
        Protocol = (byte)address.Protocol;
        Pad = 0;
    }

    internal FrontendAddress ToAddress() => new(Addr.ToIpAddress(), Port.Value, (Protocol)Protocol);

    public override string ToString() => $"{ToAddress()}";
}
