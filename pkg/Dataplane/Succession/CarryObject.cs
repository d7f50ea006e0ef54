using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Succession;

/// <summary>The programs that write into the new maps what is carried over (bpf/carry.bpf.c), while others are at work on them.</summary>
/// <param name="loaded">The loaded object, whose maps are the new ones; it is disposed of with this.</param>
internal sealed class CarryObject(BpfObject loaded) : IDisposable
{
    private readonly BpfProgram _socket = Program(loaded, "carry_one_socket");
    private readonly BpfProgram _forgotten = Program(loaded, "forget_one_socket");
    private readonly BpfProgram _count = Program(loaded, "carry_one_count");
    private readonly BpfProgram _traffic = Program(loaded, "carry_one_traffic");

    /// <summary>Opens the family's object as it was compiled.</summary>
    internal static BpfObject Open(IpFamily family) => EmbeddedObject.Open($"carry{(int)family}");

    /// <summary>The same for the one that writes flows (bpf/carryflows.bpf.c).</summary>
    internal static BpfObject OpenFlows(IpFamily family) => EmbeddedObject.Open($"carryflows{(int)family}");

    /// <summary>Has <c>sockets</c> know one of the former table; one that it knows by a newer connect stays as it is.</summary>
    /// <param name="socket"><c>struct carried_socket</c>.</param>
    internal void CarrySocket(Span<byte> socket) => _socket.RunOn(socket);

    internal void ForgetSocket(ulong cookie) => Run(_forgotten, cookie);

    internal void CarryCount(uint counter, ulong more) => Run(_count, new CarriedCount(counter, more));

    internal void CarryTraffic(uint service, in ServiceTrafficValue traffic) =>
        Run(_traffic, new CarriedTraffic(service, traffic.Generation, traffic.ToBackends, traffic.ToClients));

    public void Dispose() => loaded.Dispose();

    private static void Run<T>(BpfProgram program, T carried)
        where T : unmanaged => program.RunOn(MemoryMarshal.AsBytes(new Span<T>(ref carried)));

    private static BpfProgram Program(BpfObject loaded, string name) => loaded.Programs.Single(program => program.Name == name);

    /// <summary><c>struct carried_count</c> in bpf/lib/carry.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct CarriedCount(ulong Counter, ulong More);

    /// <summary><c>struct carried_traffic</c> in bpf/lib/carry.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct CarriedTraffic(uint Service, uint Generation, Traffic ToBackends, Traffic ToClients);
}
