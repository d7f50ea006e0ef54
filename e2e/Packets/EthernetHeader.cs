using KubeProxyNext.Model;

namespace KubeProxyNext.Packets;

/// <summary>What stands before the packet on a link, save for the type of what it carries.</summary>
public sealed record EthernetHeader(MacAddress Source, MacAddress Destination)
{
    public const int Size = 14;

    /// <summary>The outermost first.</summary>
    public ValueArray<VlanTag> Vlans { get; init; }
}
