using KubeProxyNext.Bpf;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Packets;

/// <summary>Clients outside of a node and what they send, as samples of what it took the node's programs, in nanoseconds.</summary>
internal sealed class PacketTraffic(IPacketNode node, PacketMeter meter)
{
    /// <summary>Packets of which each is measured by itself, in a round.</summary>
    public const int Packets = 1000;

    /// <summary>Runs of a program in one call, at most: a packet has so many hops.</summary>
    private const int Repeats = 200;

    /// <summary>Such calls of a round.</summary>
    private const int Calls = 50;

    private const ushort ForeignPort = 8443;

    private readonly BpfProgram _ingress = node.Program(DeviceHook.Ingress);
    private int _newest;

    public PacketAddresses Addresses => node.Addresses;

    /// <summary>The program that does nothing, again and again in one call.</summary>
    public IEnumerable<double> EmptyRepeated() => Repeated(meter.Empty, DeviceHook.Ingress, ToNodePort(0));

    /// <summary>The program that does nothing, packet by packet.</summary>
    public IEnumerable<double> EmptyOneByOne()
    {
        var frame = ToNodePort(0);
        return Enumerable.Range(0, Packets).Select(_ => meter.Time(meter.Empty, DeviceHook.Ingress, frame, PacketMeter.LeftAlone));
    }

    /// <summary>A packet that belongs to no Service, again and again in one call.</summary>
    public IEnumerable<double> Foreign(DeviceHook hook)
    {
        var (client, pod) = (Addresses.Client(0), Addresses.Backend(0));
        var frame = hook == DeviceHook.Ingress ? Frames.Continue(client, pod, ForeignPort) : Frames.Continue(pod, client, ForeignPort);
        return Repeated(node.Program(hook), hook, frame);
    }

    /// <summary>So many clients connect to the NodePort.</summary>
    public void Connect(int clients)
    {
        for (; _newest < clients; _newest++)
        {
            _ = Time(BeginAt(_newest));
        }
    }

    /// <summary>The first packets of clients that were not there before, to the NodePort.</summary>
    public IEnumerable<double> FirstPackets() => FirstPackets(BeginAt);

    /// <summary>The same, each to a Service picked at random of so many.</summary>
    public IEnumerable<double> FirstPackets(int services, Random random) => FirstPackets(client =>
        Frames.Begin(Addresses.Client(client), Addresses.Vip(random.Next(services)), PacketServices.Port));

    /// <summary>Packets of the newest so many connections, packet by packet: none of these has given way to another.</summary>
    public IEnumerable<double> Established(int connections)
    {
        byte[][] frames = [.. Enumerable.Range(_newest - connections, connections).Select(ToNodePort)];
        return Enumerable.Range(0, Packets).Select(i => Time(frames[i % connections]));
    }

    /// <summary>
    /// A packet of one connection, again and again in one call. Programs run on what they left the time before, so the connection's entry
    /// is made to change nothing meanwhile, and to take one hop off all the same. It is dropped when the entry wants its next hop looked up
    /// again, which is about once a second: such a call is made anew.
    /// </summary>
    public IEnumerable<double> Established(FlowEntry entry)
    {
        var frame = ToNodePort(0);
        for (var calls = 0; calls < Calls;)
        {
            _ = Time(frame);
            var run = default(PacketRun);
            entry.WhileRewritingToItself(() => run = meter.Run(_ingress, DeviceHook.Ingress, frame, Repeats));
            if (run.Verdict == PacketMeter.Redirected)
            {
                calls++;
                yield return AllRan(run);
            }
        }
    }

    /// <summary>
    /// Packets of these connections, one after the other, by whether the next hop was remembered. Each has sent another just before, as many
    /// packets ago as there are connections.
    /// </summary>
    public IEnumerable<(double Time, bool WasRemembered)> Walk(IReadOnlyList<int> connections)
    {
        byte[][] frames = [.. connections.Select(ToNodePort)];
        foreach (var frame in frames)
        {
            _ = meter.Run(_ingress, DeviceHook.Ingress, frame);
        }

        foreach (var frame in frames)
        {
            // Some connections of very many have given way to others.
            var run = meter.Run(_ingress, DeviceHook.Ingress, frame);
            if (run.Verdict == PacketMeter.Redirected)
            {
                yield return (run.Nanoseconds, Frames.HasNewLink(meter.Left));
            }
        }
    }

    public FlowEntry FindEntry() => node.Flows.Find(Addresses.Client(0), Addresses.Node, PacketServices.NodePort);

    // All are made before the first is sent: nothing but the calls comes between them.
    private IEnumerable<double> FirstPackets(Func<int, byte[]> begin)
    {
        byte[][] frames = [.. Enumerable.Range(_newest, Packets).Select(begin)];
        _newest += Packets;
        return frames.Select(Time);
    }

    private double Time(byte[] frame) => meter.Time(_ingress, DeviceHook.Ingress, frame, PacketMeter.Redirected);

    private byte[] BeginAt(int client) => Frames.Begin(Addresses.Client(client), Addresses.Node, PacketServices.NodePort);

    private byte[] ToNodePort(int client) => Frames.Continue(Addresses.Client(client), Addresses.Node, PacketServices.NodePort);

    private IEnumerable<double> Repeated(BpfProgram program, DeviceHook hook, byte[] frame) =>
        Enumerable.Range(0, Calls).Select(_ => meter.Time(program, hook, frame, PacketMeter.LeftAlone, Repeats));

    private double AllRan(PacketRun run) => Frames.HopsLeft(node.Family, meter.Left) == byte.MaxValue - Repeats
        ? run.Nanoseconds
        : throw new LabException($"a packet of which {Repeats} hops were to be taken off has {Frames.HopsLeft(node.Family, meter.Left)} left");
}
