using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Packets;
using KubeProxyNext.Telemetry;
using KubeProxyNext.Unit.Programs.Packets.Wire;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>The packet programs of a family, on maps that a dataplane of the test's own writes, in a network of their own.</summary>
internal interface ITestedPackets : IDisposable
{
    IFamilyDataplane Dataplane { get; }

    /// <summary>The names of addresses.</summary>
    AddressBook Book { get; }

    void Configure(GivenNode node);

    /// <summary>The other end of a device, where there are such.</summary>
    WireDevice Wire(NodeDevice device);

    /// <summary>Runs many packets: on a thread that is in the node's network namespace.</summary>
    void InNetwork(Action action);

    /// <summary>Changes routes, neighbours and the like by what <c>ip</c> is told.</summary>
    void ChangeNetwork(params string[] lines);

    /// <summary>Runs the device's program of that hook; see <see cref="BpfProgram"/>.</summary>
    PacketRun Run(PacketHook hook, ReadOnlySpan<byte> packet, Span<byte> changed, ref PacketContext context);

    /// <summary>The entries of flows, as <c>in tcp client:40000 > node:30080 => node:50001 > R1:8080</c>, in the order of these texts.</summary>
    IEnumerable<string> Flows(Ports ports);

    /// <summary>Whether an entry of flows changes packets like this one, which has ports.</summary>
    bool HasFlow(PacketHook hook, IpPacket ip);

    /// <summary>As if the newest packet of each flow were older by so many ticks of their clock.</summary>
    void Age(uint ticks);

    /// <summary>Forgets all flows.</summary>
    void Forget();

    /// <summary>What was counted, on all CPUs.</summary>
    ulong Count(Counter counter);
}

/// <summary>Where a packet meets programs: the names of these are those.</summary>
internal enum PacketHook
{
    Ingress,
    Egress,
    IngressWithoutLink,
    EgressWithoutLink,
}
