namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>What a program said: the numbers are those of <c>TC_ACT_*</c>.</summary>
internal enum PacketVerdict
{
    /// <summary>On to the next program, and to the stack.</summary>
    Pass = -1,
    Drop = 2,
    Redirect = 7,
}
