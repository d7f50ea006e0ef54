using System.Buffers.Binary;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using static KubeProxyNext.Unit.Dataplane.Plans;
using IPv4Dataplane = KubeProxyNext.Dataplane.FamilyDataplane<KubeProxyNext.Dataplane.Maps.FrontendBucket4, KubeProxyNext.Dataplane.Maps.Address4>;

namespace KubeProxyNext.Unit.Dataplane.Succession;

/// <summary>Maps that another build has left (bpf/tests/former.bpf.c).</summary>
[RequiresBpf]
public sealed class OtherBuildTests
{
    private const uint Set = 6;
    private static readonly MapCapacities Small = new(Frontends: 16, Slots: 64, Sockets: 16);

    private TemporaryPins _pins = null!;
    private BpfObject _former = null!;

    [SetUp]
    public void SetUp()
    {
        _pins = new();
        using var stream = typeof(OtherBuildTests).Assembly.GetManifestResourceStream("former4.bpf.o")!;
        var elf = new byte[stream.Length];
        stream.ReadExactly(elf);
        _former = BpfObject.Open("former4", elf);
        var folder = Path.Combine(_pins.Bpffs, "ipv4-0123456789ab");
        FileSystem.CreatePinFolder(folder);
        foreach (var map in _former.Maps)
        {
            map.PinAt(Path.Combine(folder, map.Name));
        }

        _former.Load();
    }

    [TearDown]
    public void TearDown()
    {
        _former.Dispose();
        _pins.Dispose();
    }

    [Test]
    public void Start_MapsOfAnotherBuild_AreTheAppliedState()
    {
        Write("frontends", 5, "frontend_bucket", ("tag[3]", 77), ("way[3].key.addr.addr", Ip("10.96.0.10")), ("way[3].key.port", Be(80)),
            ("way[3].key.protocol", 6), ("way[3].service", 3), ("way[3].colour", 9));
        _former.Map("sets").Write((int)Set, BitConverter.GetBytes(2UL << 32 | 4));
        Write("slots", 4, "slot", ("addr.addr", Ip("10.0.1.5")), ("port", Be(8080)), ("set", Set), ("backend", 7), ("generation", 2));
        Write("slots", 5, "slot", ("addr.addr", Ip("10.0.2.7")), ("port", Be(8080)), ("set", Set), ("backend", 9), ("flags", 1));
        Write("backends", 7, "backend", ("generation", 258), ("weight", 1), ("sets", 1), ("live", 2));
        Write("backends", 9, "backend", ("weight", 3), ("sets", 1), ("made", 5));

        using var dataplane = new IPv4Dataplane(_pins.Bpffs, Small);

        Assert.That(MapDump.Of(dataplane), Is.EqualTo(new[] { "10.96.0.10:80/TCP -> 10.0.1.5:8080 10.0.2.7:8080 weight 3" }));
        var target = dataplane.Maps.Frontends.Find(new FrontendKey<Address4>(Address("10.96.0.10:80")));
        Assert.That(target, Is.EqualTo(new FrontendTarget(0, 3)));
        Assert.That(dataplane.Maps.Backends[7].Generation, Is.EqualTo(258));
        Assert.That(dataplane.Maps.HasLiveSockets(7), Is.True);
        Assert.That(dataplane.Maps.HasLiveSockets(9), Is.False);

        using var cgroup = CgroupHandle.Open(_pins.Cgroup);
        dataplane.Attach(cgroup);
        dataplane.RemoveFormer();
        Assert.That(dataplane.Maps.Backends[7].Live, Is.EqualTo(2));
        Assert.That(Directory.GetDirectories(_pins.Bpffs, "ipv4-*"), Has.Length.EqualTo(1).And.None.Contains("0123456789ab"));
    }

    private void Write(string map, int index, string type, params (string Field, uint Value)[] fields)
    {
        var layout = _former.Btf.LayoutOf(type)!;
        var value = new byte[layout.Size];
        foreach (var (field, number) in fields)
        {
            var leaf = layout.Leaves.Single(leaf => leaf.Name == field);
            BitConverter.GetBytes((ulong)number).AsSpan(0, leaf.Size).CopyTo(value.AsSpan(leaf.Offset));
        }

        _former.Map(map).Write(index, value);
    }

    private static ushort Be(ushort port) => BinaryPrimitives.ReverseEndianness(port);

    private static uint Ip(string address) => BitConverter.ToUInt32(System.Net.IPAddress.Parse(address).GetAddressBytes());
}
