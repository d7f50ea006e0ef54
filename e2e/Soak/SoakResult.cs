namespace KubeProxyNext.Soak;

/// <summary>What came of a soak.</summary>
/// <param name="Rows">What was done and met, for a table.</param>
/// <param name="Failures">What should not have been, each a line.</param>
internal sealed record SoakResult(IReadOnlyList<(string What, string Value)> Rows, IReadOnlyList<string> Failures)
{
    public bool IsGood => Failures.Count == 0;
}
