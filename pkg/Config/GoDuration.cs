using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeProxyNext.Config;

/// <summary>Durations as kube-proxy's options have them (Go's <c>time.ParseDuration</c>): <c>24h0m0s</c>, <c>1.5h</c>, <c>0</c>.</summary>
public static partial class GoDuration
{
    /// <summary>False where it is none, or one that is longer than any that Go knows.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var match = Whole().Match(text);
        if (!match.Success)
        {
            return false;
        }

        var seconds = match.Groups["number"].Captures.Zip(match.Groups["unit"].Captures, SecondsOf).Sum();
        if (seconds > long.MaxValue / 1e9)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(match.Groups["minus"].Success ? -seconds : seconds);
        return true;
    }

    /// <summary>As Go prints it: <c>1h0m0s</c>, <c>1m30s</c>, <c>1.5s</c>, <c>250ms</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        var sign = duration < TimeSpan.Zero ? "-" : "";
        var length = duration.Duration();
        var seconds = (length.Ticks % TimeSpan.TicksPerMinute) / (decimal)TimeSpan.TicksPerSecond;
        var text = length switch
        {
            { Ticks: 0 } => "0s",
            { TotalMilliseconds: < 1 } => FormattableString.Invariant($"{length.Ticks / 10m:0.#}µs"),
            { TotalSeconds: < 1 } => FormattableString.Invariant($"{length.Ticks / (decimal)TimeSpan.TicksPerMillisecond:0.####}ms"),
            { TotalMinutes: < 1 } => FormattableString.Invariant($"{seconds:0.#######}s"),
            { TotalHours: < 1 } => FormattableString.Invariant($"{length.Minutes}m{seconds:0.#######}s"),
            _ => FormattableString.Invariant($"{(long)length.TotalHours}h{length.Minutes}m{seconds:0.#######}s"),
        };
        return sign + text;
    }

    private static double SecondsOf(Capture number, Capture unit) =>
        double.Parse(number.ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * unit.Value switch
        {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            "ms" => 1e-3,
            "ns" => 1e-9,
            _ => 1e-6,
        };

    [GeneratedRegex(@"^(\+|(?<minus>-))?(0|((?<number>[0-9]+\.?[0-9]*|\.[0-9]+)(?<unit>h|ms|m|s|us|µs|μs|ns))+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Whole();
}
