namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>What packets get, one after the other; what is not said is as in <see cref="GivenService"/> and <see cref="GivenNode"/>.</summary>
internal sealed record PacketCase(string Claim)
{
    internal GivenService Given { get; init; } = new();

    internal GivenNode Node { get; init; } = new();

    internal PacketStep[] Steps { get; init; } = [];

    /// <summary>All entries of flows afterwards, in any order; null where they do not matter.</summary>
    internal string[]? Flows { get; init; }

    public override string ToString() => Claim;
}
