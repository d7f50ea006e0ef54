namespace KubeProxyNext.Model;

/// <summary>
/// How much of a family's maps one Service may have, so that there is room for others whatever it asks for: what does not fit is left out and
/// said, what fits is served.
/// </summary>
/// <param name="Frontends">Addresses with ports.</param>
/// <param name="Slots">Of all of its sets together.</param>
/// <param name="SourceRanges">Counted for each of its ports.</param>
public sealed record ServiceShare(int Frontends, int Slots, int SourceRanges)
{
    private const int Part = 8;
    private const int Least = 1024;

    /// <summary>No Service is held back.</summary>
    public static ServiceShare Unlimited { get; } = new(int.MaxValue, int.MaxValue, int.MaxValue);

    /// <summary>An eighth of what each map may grow to. Of a small one as much as there is, up to 1024: who makes maps small knows what is in them.</summary>
    /// <param name="frontends"><c>--max-frontends</c>.</param>
    /// <param name="slots"><c>--max-slots</c>.</param>
    /// <param name="sourceRanges"><c>--max-source-ranges</c>.</param>
    public static ServiceShare Of(int frontends, int slots, int sourceRanges) => new(PartOf(frontends), PartOf(slots), PartOf(sourceRanges));

    private static int PartOf(int capacity) => Math.Max(capacity / Part, Math.Min(capacity, Least));
}
