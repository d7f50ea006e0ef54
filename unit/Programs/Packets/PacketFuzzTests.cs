using KubeProxyNext.Bpf;
using KubeProxyNext.Model;
using KubeProxyNext.Packets;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>
/// Packets of chance at every hook: nothing is ever half translated, nor leaves with a checksum that was right before. <c>make fuzz</c>
/// runs a million of them.
/// </summary>
public sealed class PacketFuzzTests(IpFamily family) : PacketFixture(family)
{
    private const int Few = 25_000;
    private const int UsualSeed = 20261121;
    private const int MostReaped = 512;
    private const int Largest = 4096;
    private const int LargestTaken = 3072;

    private static readonly string[] Senders = ["client", "other", "pod", "L1", "n2", "node", "R1"];
    private static readonly string[] Destinations = ["node:30080", "lb:80", "eip:80", "cip:80", "R1:8080", "L1:8080", "node:50001", "client:40000"];
    private static readonly string[] Kinds =
    [
        "tcp S mss 1460", "tcp A data hello", "tcp FA", "tcp R", "tcp SA", "udp data hello", "udp len 1000", "udp no-sum len 30",
        "udp len 100 piece 0 48 7", "udp len 100 piece 48 60 7", "sctp INIT", "sctp DATA tag 7", "icmp echo 1 1",
    ];

    private readonly List<FuzzedPacket> _corpus = [];
    private readonly Dictionary<PacketVerdict, int> _verdicts = [];
    private readonly byte[] _changed = new byte[Largest];
    private int _sown;
    private int _translated;

    [Test]
    public void Anything_IsTranslatedWhollyOrNotAtAll()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_PACKETS"), out var asked) ? asked / 2 : Few;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_SEED"), out var given) ? given : UsualSeed;
        TestContext.Out.WriteLine($"{Family}: {count} packets, FUZZ_SEED={seed}");
        foreach (var protocol in Enum.GetValues<Protocol>())
        {
            Apply(new() { Name = $"{protocol}", Protocol = protocol, Cluster = "L1 R1 R2" });
        }

        Tested.InNetwork(() => Fuzz(count, new(seed), seed));

        TestContext.Out.WriteLine($"{string.Join(", ", _verdicts.Select(verdict => $"{verdict.Value} {verdict.Key}"))}; {_translated} translated");
        Assert.That(_translated, Is.GreaterThan(count / 100), "so few are translated that little was tried");
    }

    private void Fuzz(int count, Random chance, int seed)
    {
        Sow();
        var addresses = NodeAddresses.All.Keys.Select(name => Tested.Book.Address(name)).ToArray();
        var mutator = new PacketMutator(chance, addresses);
        var invariants = new PacketInvariants(IsOfFrontend, IsOfBackend, Tested.HasFlow);
        for (var number = 0; number < count; number++)
        {
            var sown = _corpus[chance.Next(_corpus.Count)];
            var packet = Move(sown with { Bytes = mutator.Mutate(sown.Bytes) }, chance);
            if (!KernelTakes(packet.Bytes))
            {
                continue;
            }

            var (verdict, length) = Run(packet);
            if (invariants.Broken(packet, verdict, _changed.AsSpan(0, length)) is { } broken)
            {
                Assert.Fail(Report($"{broken} (packet {number} of FUZZ_SEED={seed})", packet, verdict, _changed.AsSpan(0, length)));
            }

            Reap(packet, verdict, _changed.AsSpan(0, length), chance);
        }
    }

    private void Sow()
    {
        foreach (var (sender, destination, kind) in Senders.SelectMany(_ => Destinations, (sender, destination) => (sender, destination))
            .SelectMany(_ => Kinds, (ends, kind) => (ends.sender, ends.destination, kind)))
        {
            var protocol = kind.Split(' ')[0];
            var device = sender is "pod" or "L1" ? NodeDevice.Pods : NodeDevice.Uplink;
            var ends = protocol == "icmp" ? $"{sender} > {destination.Split(':')[0]}" : $"{sender}:40000 > {destination}";
            var text = $"{protocol} {ends} {kind[protocol.Length..]}";
            var bytes = PacketText.Parse(text, Tested.Book.At(new(device.NeighbourMac, device.Mac))).ToBytes();
            _corpus.Add(sender == "node"
                ? new(PacketHook.Egress, NodeDevice.Uplink, null, bytes)
                : new(PacketHook.Ingress, device, device, bytes));
        }

        _sown = _corpus.Count;
    }

    // A test run wants a whole header of IP where the frame says that there is one, and no more than fits into a page with the kernel's own.
    private static bool KernelTakes(ReadOnlySpan<byte> frame) => frame.Length <= LargestTaken && frame.Length - EthernetHeader.Size >= (frame[12], frame[13]) switch
    {
        (0x08, 0x00) => 20,
        (0x86, 0xdd) => 40,
        _ => 1,
    };

    // Mostly where it belongs.
    private static FuzzedPacket Move(FuzzedPacket packet, Random chance) => chance.Next(10) != 0 ? packet : packet with
    {
        Hook = (PacketHook)chance.Next(2),
        Device = NodeDevice.All[chance.Next(NodeDevice.All.Length)],
        CameBy = chance.Next(2) == 0 ? null : NodeDevice.All[chance.Next(NodeDevice.All.Length)],
    };

    private (PacketVerdict Verdict, int Length) Run(FuzzedPacket packet)
    {
        var context = new PacketContext { Device = packet.Device.Index, IngressDevice = packet.CameBy?.Index ?? 0 };
        var run = Tested.Run(packet.Hook, packet.Bytes, _changed, ref context);
        var verdict = (PacketVerdict)run.Verdict;
        _verdicts[verdict] = _verdicts.GetValueOrDefault(verdict) + 1;
        return (verdict, run.Length);
    }

    // What was translated goes on from there, and is answered: so that packets meet flows.
    private void Reap(FuzzedPacket packet, PacketVerdict verdict, ReadOnlySpan<byte> changed, Random chance)
    {
        if (verdict == PacketVerdict.Drop || changed.SequenceEqual(packet.Bytes) || PacketReader.ReadFrame(changed) is not { Ip: { } ip } after)
        {
            return;
        }

        _translated++;
        var device = ip.Destination.Family == Family ? DeviceTo(ip) : NodeDevice.Uplink;
        var next = verdict == PacketVerdict.Pass && chance.Next(2) == 0
            ? new FuzzedPacket(PacketHook.Egress, device, packet.Device, [.. changed])
            : new FuzzedPacket(PacketHook.Ingress, device, device, Turned(after, device));
        if (_corpus.Count < _sown + MostReaped)
        {
            _corpus.Add(next);
        }
        else
        {
            _corpus[_sown + chance.Next(MostReaped)] = next;
        }
    }

    private NodeDevice DeviceTo(IpPacket ip) => Tested.Book.Name(ip.Destination) switch
    {
        "L1" or "L2" or "pod" => NodeDevice.Pods,
        "R2" => NodeDevice.Overlay,
        _ => NodeDevice.Uplink,
    };

    private static byte[] Turned(Packet packet, NodeDevice device) =>
        (packet with { Link = packet.Link! with { Source = device.NeighbourMac, Destination = device.Mac }, Ip = Answer(packet.Ip!) }).ToBytes();

    private static IpPacket Answer(IpPacket ip) => ip with
    {
        Source = ip.Destination,
        Destination = ip.Source,
        HeaderChecksum = null,
        Transport = ip.Transport switch
        {
            TcpSegment tcp => tcp with { Source = tcp.Destination, Destination = tcp.Source, Flags = tcp.Flags | TcpFlags.Ack, Checksum = null },
            UdpDatagram udp => udp with { Source = udp.Destination, Destination = udp.Source, Checksum = null },
            SctpPacket sctp => sctp with { Source = sctp.Destination, Destination = sctp.Source, Checksum = null },
            _ => ip.Transport,
        },
    };

    private bool IsOfFrontend(IpPacket ip) => (Tested.Book.Name(ip.Destination), (ip.Transport as PortTransport)?.Destination) switch
    {
        ("cip" or "lb" or "eip", 80) => true,
        ("node", 30080) => true,
        _ => false,
    };

    private bool IsOfBackend(IpPacket ip) =>
        Tested.Book.Name(ip.Destination) is "L1" or "R1" or "R2" && ip.Transport is PortTransport { Destination: 8080 };

    private string Report(string broken, FuzzedPacket packet, PacketVerdict verdict, ReadOnlySpan<byte> changed) =>
        $"{broken}\n{packet.Hook} at {packet.Device.Name}, came by {packet.CameBy?.Name ?? "none"}\n"
        + $"in:  {PacketText.Print(PacketReader.ReadFrame(packet.Bytes), Tested.Book)}\n     {Convert.ToHexStringLower(packet.Bytes)}\n"
        + $"out: {verdict} {PacketText.Print(PacketReader.ReadFrame(changed), Tested.Book)}\n     {Convert.ToHexStringLower(changed)}\n"
        + string.Join('\n', Tested.Flows(new()));
}
