namespace KubeProxyNext.ClusterChecks.Checks;

/// <summary>How a check ended.</summary>
/// <param name="Seen">What came instead of, or as, what was expected, on one line.</param>
/// <param name="Tries">How often it was tried.</param>
internal sealed record Outcome(Check Check, bool HasPassed, string Seen, int Tries);
