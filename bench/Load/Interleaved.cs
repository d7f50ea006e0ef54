namespace KubeProxyNext.Bench.Load;

/// <summary>One of several things that are measured in turn.</summary>
internal sealed record Series(string Name, Func<Task<double>> MeasureAsync);

/// <summary>
/// Measures several things in many short rounds, A B C B C A ..., so that what changes on the machine meanwhile meets all alike.
/// </summary>
internal static class Interleaved
{
    /// <summary>The values of each series, round by round. One round more is made first, and forgotten.</summary>
    public static async Task<IReadOnlyDictionary<string, double[]>> MeasureAsync(
        IReadOnlyList<Series> series, int rounds, CancellationToken cancellation)
    {
        var values = series.ToDictionary(one => one.Name, _ => new double[rounds]);
        for (var round = -1; round < rounds; round++)
        {
            for (var i = 0; i < series.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var one = series[(i + round + 1) % series.Count];
                var value = await one.MeasureAsync();
                if (round >= 0)
                {
                    values[one.Name][round] = value;
                }
            }
        }

        return values;
    }
}
