using System.Runtime.InteropServices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct ip_addr</c> in bpf/lib/types.h, IPv6: 16 bytes in network order, aligned to 4.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Address6 : IMapAddress<Address6>
{
    private readonly uint _addr0;
    private readonly uint _addr1;
    private readonly uint _addr2;
    private readonly uint _addr3;

    public static IpFamily Family => IpFamily.IPv6;

    public static Address6 From(IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.WriteBytes(bytes);
        return MemoryMarshal.Read<Address6>(bytes);
    }

    public IpAddress ToIpAddress()
    {
        var copy = this;
        return IpAddress.FromBytes(MemoryMarshal.AsBytes(new ReadOnlySpan<Address6>(in copy)));
    }

    public ulong Hash(ulong seedAndTail)
    {
        var hash = FrontendHash.Mix(seedAndTail ^ (ulong)_addr0 << 32);
        hash = FrontendHash.Mix(hash ^ ((ulong)_addr1 << 32 | _addr2));
        return FrontendHash.Mix(hash ^ _addr3);
    }
}
