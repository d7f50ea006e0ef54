namespace KubeProxyNext.Dataplane.Flows;

/// <summary>What became of the connections that the packet programs translated when those went.</summary>
/// <param name="Taken">Go on: <c>nf_conntrack</c> has them.</param>
/// <param name="Lost">Do not.</param>
/// <param name="Problem">Why not, of the first one; null where none is lost.</param>
public sealed record HandOver(int Taken, int Lost, string? Problem)
{
    /// <summary>None was there, or none was to go on.</summary>
    public static HandOver Nothing { get; } = new(0, 0, null);

    internal HandOver PlusTaken() => this with { Taken = Taken + 1 };

    internal HandOver PlusLost(string problem) => this with { Lost = Lost + 1, Problem = Problem ?? problem };
}
