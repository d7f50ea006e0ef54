namespace KubeProxyNext.Bench.Results;

/// <summary>One measured figure.</summary>
/// <param name="Group">The measurement that it belongs to.</param>
/// <param name="What">What was measured.</param>
internal sealed record Figure(string Group, string What, Unit Unit, double Measured)
{
    /// <summary>What it has to be; null for a figure that is only reported.</summary>
    public Target? Target { get; init; }

    /// <summary>What kube-proxy 1.36, or another peer, does in its place; from other runs on a machine of the same kind.</summary>
    public string Peers { get; init; } = "";

    /// <summary>The values of the rounds that the figure sums up.</summary>
    public IReadOnlyList<double> Rounds { get; init; } = [];

    /// <summary>Null where there is no target.</summary>
    public bool? IsMet => Target?.IsMetBy(Measured);
}
