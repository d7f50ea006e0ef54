using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Packets;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>Tests of the packet programs, each family's by itself. They are given packets, and never send one unless they are at devices.</summary>
[RequiresBpf]
[TestFixture(IpFamily.IPv4)]
[TestFixture(IpFamily.IPv6)]
public abstract class PacketFixture(IpFamily family)
{
    private const int Largest = 4096;

    private readonly HashSet<GivenService> _applied = [];

    private protected IpFamily Family { get; } = family;

    /// <summary>Whether the programs are at devices, and packets come and leave by these.</summary>
    private protected virtual bool IsWired => false;

    private protected ITestedPackets Tested { get; private set; } = null!;

    [OneTimeSetUp]
    public void Load()
    {
        Tested = Family == IpFamily.IPv4
            ? new TestedPackets<FrontendBucket4, Address4>(IsWired)
            : new TestedPackets<FrontendBucket6, Address6>(IsWired);
        Tested.Dataplane.SetNodeAddresses([FamilyText.Address(Family, GivenService.NodeAddress)], loopback: false);
    }

    [OneTimeTearDown]
    public void Unload() => Tested.Dispose();

    [TearDown]
    public void RemoveServices()
    {
        foreach (var service in _applied)
        {
            Tested.Dataplane.Apply(service.Gone());
        }

        _applied.Clear();
        Tested.Forget();
        Tested.Configure(new());
    }

    private protected void Apply(GivenService service)
    {
        _applied.Add(service);
        Tested.Dataplane.Apply(service.Plan(Family));
    }

    private protected void Check(PacketCase given)
    {
        var ports = new Ports();
        Apply(given.Given);
        Tested.Configure(given.Node);
        Tested.InNetwork(() =>
        {
            for (var index = 0; index < given.Steps.Length; index++)
            {
                Check(given.Steps[index], ports, $"packet {index + 1}: {given.Steps[index].In}");
            }
        });
        if (given.Flows is not null)
        {
            Assert.That(Lines(Tested.Flows(ports)), Is.EqualTo(Lines(given.Flows.Order(StringComparer.Ordinal))));
        }
    }

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);

    private void Check(PacketStep step, Ports ports, string message)
    {
        var book = Tested.Book.At(LinkOf(step));
        var given = PacketText.Parse(step.In, book, ports);
        var (verdict, bytes) = Run(step, given.ToBytes());
        if (verdict == PacketVerdict.Drop)
        {
            Assert.That(verdict, Is.EqualTo(step.Verdict), message);
            return;
        }

        var actual = PacketReader.ReadFrame(bytes);
        var expected = PacketText.Parse(step.Out ?? step.In, book, ports, actual);

        // A neighbour that is just asked for again is left to the kernel, which puts the addresses in later.
        if (verdict == PacketVerdict.Redirect && actual.Link == given.Link)
        {
            expected = expected with { Link = given.Link };
        }

        Assert.That($"{verdict} {PacketText.Print(actual, book)}", Is.EqualTo($"{step.Verdict} {PacketText.Print(expected, book)}"), message);
        Assert.That(Convert.ToHexString(bytes), Is.EqualTo(Convert.ToHexString(expected.ToBytes())), message);
    }

    private (PacketVerdict Verdict, byte[] Packet) Run(PacketStep step, byte[] packet)
    {
        var changed = new byte[Largest];
        var context = new PacketContext
        {
            Device = step.Device.Index,
            IngressDevice = step.CameBy?.Index ?? (step.Hook == PacketHook.Ingress ? step.Device.Index : 0),
            SegmentSize = (uint)step.SegmentSize,
        };
        var run = Tested.Run(step.Hook, packet, changed, ref context);
        return ((PacketVerdict)run.Verdict, changed[..run.Length]);
    }

    private static EthernetHeader LinkOf(PacketStep step) => step.Hook == PacketHook.Ingress
        ? new(step.Device.NeighbourMac, step.Device.Mac)
        : new(step.Device.Mac, step.Device.NeighbourMac);
}
