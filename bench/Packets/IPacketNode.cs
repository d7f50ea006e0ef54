using KubeProxyNext.Bpf;
using KubeProxyNext.Model;

namespace KubeProxyNext.Bench.Packets;

/// <summary>The packet programs of a family on their real maps, on a node of the laboratory. All of it in that node's network namespace.</summary>
internal interface IPacketNode : IDisposable
{
    IpFamily Family { get; }

    PacketAddresses Addresses { get; }

    FlowEntries Flows { get; }

    /// <summary>The program that the device runs there.</summary>
    BpfProgram Program(DeviceHook hook);
}
