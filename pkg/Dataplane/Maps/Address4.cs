using System.Runtime.InteropServices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct ip_addr</c> in bpf/lib/types.h, IPv4: 4 bytes in network order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Address4 : IMapAddress<Address4>
{
    private readonly uint _addr;

    private Address4(uint addr) => _addr = addr;

    public static IpFamily Family => IpFamily.IPv4;

    public static Address4 From(IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.WriteBytes(bytes);
        return new(MemoryMarshal.Read<uint>(bytes));
    }

    public IpAddress ToIpAddress() => IpAddress.FromBytes(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in _addr)));

    public ulong Hash(ulong seedAndTail) => FrontendHash.Mix(seedAndTail ^ (ulong)_addr << 32);
}
