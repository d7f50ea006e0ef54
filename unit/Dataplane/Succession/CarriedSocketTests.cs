using System.Buffers.Binary;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Dataplane.Succession;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane.Succession;

/// <summary>One socket that is carried over twice, since it may have connected again in between.</summary>
[RequiresBpf]
public sealed class CarriedSocketTests : RealMapsFixture
{
    private const ulong Cookie = 7;
    private const uint Backend = 3;

    private protected override MapCapacities Small { get; } = new(Frontends: 16, Slots: 64, Sockets: 16);

    [TestCase(100, 100, ExpectedResult = "10.96.0.11", Description = "in the same jiffy")]
    [TestCase(100, 102, ExpectedResult = "10.96.0.11")]
    [TestCase(101, 100, ExpectedResult = "10.96.0.10", Description = "what is there is of this jiffy, by a program of now")]
    public string ConnectsAgain_IsAsOfTheNewerConnect(int first, int second)
    {
        using var carry = OpenCarry();
        carry.CarrySocket(Socket(first, "10.96.0.10"));
        carry.CarrySocket(Socket(second, "10.96.0.11"));

        Assert.That(Tested.Maps.Backends[(int)Backend].Live, Is.EqualTo(1));
        return $"{Tested.Maps.Sockets.Entries().Single().FrontendAddr.ToIpAddress()}";
    }

    private static byte[] Socket(int time, string frontend)
    {
        var carried = new byte[sizeof(ulong) + 32];
        BinaryPrimitives.WriteUInt64LittleEndian(carried, Cookie);
        BinaryPrimitives.WriteUInt64LittleEndian(carried.AsSpan(8), (ulong)time);
        System.Net.IPAddress.Parse(frontend).TryWriteBytes(carried.AsSpan(16), out _);
        BinaryPrimitives.WriteUInt32LittleEndian(carried.AsSpan(32), Backend);
        carried[36] = (byte)Protocol.Udp;
        return carried;
    }

    private CarryObject OpenCarry()
    {
        var opened = CarryObject.Open(IpFamily.IPv4);
        SockObject.Configure(
            opened, FrontendTable<FrontendBucket4, Address4>.MapEntries(Small.Frontends), Small, FrontendSeed.OfThisBoot(), hostNetnsCookie: 0);
        return new(LoadedBeside.Load(opened, Directory.GetDirectories(Pins.Bpffs, "ipv4-*").Single()));
    }
}
