using KubeProxyNext.ClusterChecks.Checks;

namespace KubeProxyNext.ClusterChecks;

/// <summary>What a run says: plain lines, so that they read the same on a terminal and in a log.</summary>
internal sealed class Report(TextWriter output, TextWriter errors)
{
    /// <summary>Tells what is going on.</summary>
    public void Say(string text) => output.WriteLine($"> {text}");

    /// <summary>Something to copy.</summary>
    public void Type(string text) => output.WriteLine($"    {text.Replace("\n", "\n    ", StringComparison.Ordinal)}");

    public void Error(string text) => errors.WriteLine(text);

    /// <summary>One line for a check, and the command of one that failed, to try it again.</summary>
    public void Show(Outcome outcome)
    {
        var tries = outcome.Tries > 1 ? $" (try {outcome.Tries})" : "";
        output.WriteLine($"{(outcome.HasPassed ? "passed" : "FAILED")}  {outcome.Check.Name}: expected {outcome.Check.Expected}; seen {Text(outcome.Seen)}{tries}");
        if (!outcome.HasPassed)
        {
            Type($"{outcome.Check.From.Run(outcome.Check.Command)}");
        }
    }

    /// <summary>The last line.</summary>
    public void Verdict(IReadOnlyList<Outcome> outcomes) =>
        output.WriteLine($"{outcomes.Count(one => one.HasPassed)} passed, {outcomes.Count(one => !one.HasPassed)} failed");

    private static string Text(string seen) => seen.Length > 0 ? seen : "nothing";
}
