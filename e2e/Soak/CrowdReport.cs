using System.Collections.Immutable;
using System.Globalization;

namespace KubeProxyNext.Soak;

/// <summary>What came of the clients of a place, by the words of <c>native/tally.c</c>.</summary>
internal sealed record CrowdReport(ImmutableSortedDictionary<string, long> Counts)
{
    public long this[string name] => Counts[name];

    /// <summary>What should not have been: <c>connection:refused</c>, ...</summary>
    public IEnumerable<KeyValuePair<string, long>> Failures => Counts.Where(count => count.Key.Contains(':') && count.Value > 0);

    public static CrowdReport Parse(string line) => new(line.Split(' ').Skip(1)
        .Select(field => field.Split('='))
        .ToImmutableSortedDictionary(field => field[0], field => long.Parse(field[1], CultureInfo.InvariantCulture), StringComparer.Ordinal));
}
