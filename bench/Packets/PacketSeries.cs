using KubeProxyNext.Bench.Results;

namespace KubeProxyNext.Bench.Packets;

/// <summary>One of several kinds of packets that are measured in turn.</summary>
/// <param name="Sample">Measures some, in nanoseconds each.</param>
internal sealed record PacketSeries(string Name, Func<IEnumerable<double>> Sample)
{
    private readonly List<double[]> _rounds = [];

    /// <summary>The same for the program that does nothing.</summary>
    public PacketSeries? Empty { get; init; }

    /// <summary>Measures all of them in many rounds, A B C B C A ...; one round more is made first, and forgotten.</summary>
    public static void Measure(IReadOnlyList<PacketSeries> series, int rounds, CancellationToken cancellation)
    {
        for (var round = -1; round < rounds; round++)
        {
            for (var i = 0; i < series.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var one = series[(i + round + 1) % series.Count];
                double[] samples = [.. one.Sample()];
                if (round >= 0)
                {
                    one._rounds.Add(samples);
                }
            }
        }
    }

    /// <summary>The medians of the rounds, less those of the empty program.</summary>
    public double[] Medians() => Rounds(Statistics.Median);

    /// <summary>The means of the middle halves of the rounds, less those of the empty program.</summary>
    public double[] MiddleMeans() => Rounds(Statistics.MiddleMean);

    /// <summary>The means of the rounds, less those of the empty program.</summary>
    public double[] Means() => Rounds(samples => samples.Average());

    /// <summary>A percentile of all packets, less the median of the empty program.</summary>
    public double Percentile(double percent) =>
        Statistics.Percentile(_rounds.SelectMany(round => round), percent) - Statistics.Median(Empty!._rounds.SelectMany(round => round));

    private double[] Rounds(Func<IEnumerable<double>, double> sum) =>
        [.. _rounds.Zip(Empty!._rounds).Where(both => both.First.Length > 0).Select(both => sum(both.First) - sum(both.Second))];
}
