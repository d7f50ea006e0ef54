namespace KubeProxyNext.Migration.Checks;

/// <summary>What came of a check.</summary>
public enum CheckResult
{
    Passed,

    /// <summary>It works, but not as it could, or something is to be done later.</summary>
    Warning,

    /// <summary>It would not work.</summary>
    Failed,
}

/// <summary>A check, in words for people.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="Found">What was found.</param>
/// <param name="Advice">What to do; null where there is nothing to do.</param>
public sealed record CheckLine(string Subject, CheckResult Result, string Found, string? Advice = null)
{
    public static CheckLine Passed(string subject, string found) => new(subject, CheckResult.Passed, found);

    public static CheckLine Warning(string subject, string found, string advice) => new(subject, CheckResult.Warning, found, advice);

    public static CheckLine Failed(string subject, string found, string advice) => new(subject, CheckResult.Failed, found, advice);
}
