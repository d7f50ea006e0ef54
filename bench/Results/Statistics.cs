namespace KubeProxyNext.Bench.Results;

/// <summary>Sums up rounds.</summary>
internal static class Statistics
{
    public static double Median(IEnumerable<double> values) => Percentile(values, 50);

    /// <summary>The smallest value that so many percent of all are not above.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Percentile(IEnumerable<double> values, double percent)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
        {
            throw new ArgumentException("there are no values", nameof(values));
        }

        return sorted[Math.Clamp((int)Math.Ceiling(sorted.Length * percent / 100) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>The mean of the middle half: finer than the median where a clock's steps are coarse, and as deaf to what lies far out.</summary>
    public static double MiddleMean(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[(sorted.Length / 4)..Math.Max(sorted.Length - sorted.Length / 4, 1)].Average();
    }

    /// <summary>Round by round: what changes slowly on the machine changes both, and falls out.</summary>
    public static double[] Ratios(IEnumerable<double> values, IEnumerable<double> to) =>
        [.. values.Zip(to, (value, other) => value / other)];
}
