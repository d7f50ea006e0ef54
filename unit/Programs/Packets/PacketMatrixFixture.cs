using KubeProxyNext.Model;
using KubeProxyNext.Packets;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>
/// Tables of who gets what: a backend, with <c>S</c> where it sees the address that the node has there, or no answer, or a refusal. Whoever gets a backend
/// is answered by the address that it dialled. Each line is tried with all three protocols.
/// </summary>
public abstract class PacketMatrixFixture(IpFamily family) : PacketFixture(family)
{
    private protected static readonly string[] External = ["lb:80", "eip:80", "node:30080"];
    private protected static readonly string[] ClusterIP = ["cip:80"];

    private static readonly Protocol[] Protocols = [Protocol.Tcp, Protocol.Udp, Protocol.Sctp];

    private protected void Check(string[] destinations, string sender, GivenService service, GivenNode node, string expected)
    {
        foreach (var protocol in Protocols)
        {
            var given = service with { Protocol = protocol };
            Apply(given);
            Tested.Configure(node);
            Tested.InNetwork(() =>
            {
                foreach (var destination in destinations)
                {
                    Assert.That(Ask(sender, destination, protocol), Is.EqualTo(expected), $"{protocol} from {sender} to {destination}");
                }
            });
            Tested.Dataplane.Apply(given.Gone());
        }
    }

    private string Ask(string sender, string destination, Protocol protocol)
    {
        var journey = new Journey(Tested);
        var from = sender == "host" ? "node" : sender;
        var device = sender is "pod" or "L1" ? NodeDevice.Pods : NodeDevice.Uplink;
        var words = protocol switch { Protocol.Tcp => "S", Protocol.Sctp => "INIT", _ => "data hello" };
        var first = PacketText.Parse(
            $"{protocol.ToString().ToLowerInvariant()} {from}:40000 > {destination} {words}",
            Tested.Book.At(new(device.NeighbourMac, device.Mac)));
        var end = sender == "host" ? journey.Leave(first) : journey.Enter(device, first);
        var described = Describe(first.Ip!, end);
        if (described is not ("drop" or "reject" or "left alone"))
        {
            CheckAnswer(first, journey.Answer(end));
        }

        return described;
    }

    private string Describe(IpPacket first, Journey.End end)
    {
        var last = end.Packet.Ip!;
        if (end.Verdict == PacketVerdict.Drop)
        {
            return "drop";
        }

        Assert.That(ChecksumCheck.Wrong(last), Is.Empty);
        return last.Source == first.Destination && last.Destination == first.Source ? "reject"
            : last.Destination == first.Destination ? "left alone"
            : $"{Tested.Book.Name(last.Destination)}{(last.Source == Tested.Book.Address(end.Device!.Address) ? " S" : "")}";
    }

    private void CheckAnswer(Packet first, Journey.End answer)
    {
        Assert.That(answer.Verdict, Is.Not.EqualTo(PacketVerdict.Drop), "the answer");
        Assert.That(ChecksumCheck.Wrong(answer.Packet.Ip!), Is.Empty);
        Assert.That(Tuple(answer.Packet.Ip!, isAnswer: true), Is.EqualTo(Tuple(first.Ip!, isAnswer: false)), "whom the answer seems to be from");
    }

    private string Tuple(IpPacket ip, bool isAnswer)
    {
        var ports = (PortTransport)ip.Transport;
        var (source, destination) = (Tested.Book.Join(ip.Source, ports.Source), Tested.Book.Join(ip.Destination, ports.Destination));
        return isAnswer ? $"{destination} > {source}" : $"{source} > {destination}";
    }
}
