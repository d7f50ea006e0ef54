namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>Any bytes at any hook.</summary>
/// <param name="CameBy">By which device a packet that leaves came; null for the node's own.</param>
internal sealed record FuzzedPacket(PacketHook Hook, NodeDevice Device, NodeDevice? CameBy, byte[] Bytes);
