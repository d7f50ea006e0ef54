namespace KubeProxyNext.Unit.Programs.Packets.Wire;

/// <summary>What leaves the node for packets that come, one after the other.</summary>
internal sealed record WireCase(string Claim)
{
    internal GivenService Given { get; init; } = new();

    internal WireStep[] Steps { get; init; } = [];

    public override string ToString() => Claim;
}
