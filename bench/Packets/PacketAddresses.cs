using System.Buffers.Binary;
using KubeProxyNext.Model;

namespace KubeProxyNext.Bench.Packets;

/// <summary>The addresses of one family that packets have, by number.</summary>
internal sealed class PacketAddresses(IpFamily family)
{
    /// <summary>The address of a NodePort's frontend.</summary>
    public IpAddress Any => Pick("0.0.0.0", "::");

    public IpAddress Node => Pick("172.18.0.2", "fd00:172:18::2");

    /// <summary>The node where all backends are.</summary>
    public IpAddress OtherNode => Pick("172.18.0.3", "fd00:172:18::3");

    public IpAddress Client(int number) => Count(Pick("100.64.0.1", "fd00:100:64::1"), number);

    public IpAddress Vip(int number) => Count(Pick("198.18.0.1", "fd00:198:18::1"), number);

    public IpAddress Backend(int number) => Count(Pick("10.244.2.1", "fd00:10:244:2::1"), number);

    private static IpAddress Count(IpAddress first, int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes = bytes[..first.WriteBytes(bytes)];
        var low = bytes[^sizeof(uint)..];
        BinaryPrimitives.WriteUInt32BigEndian(low, BinaryPrimitives.ReadUInt32BigEndian(low) + (uint)number);
        return IpAddress.FromBytes(bytes);
    }

    private IpAddress Pick(string ipv4, string ipv6) => IpAddress.Parse(family == IpFamily.IPv4 ? ipv4 : ipv6);
}
