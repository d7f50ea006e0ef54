namespace KubeProxyNext.Packets;

/// <summary>A tag between the addresses of a frame and what it carries.</summary>
/// <param name="Type">0x8100 for 802.1Q, 0x88a8 for the outer one of two (802.1ad).</param>
/// <param name="Id">With the priority above its 12 bits.</param>
public readonly record struct VlanTag(ushort Type, ushort Id)
{
    public const ushort Customer = 0x8100;
    public const ushort Provider = 0x88a8;
}
