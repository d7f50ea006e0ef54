using FsCheck;
using FsCheck.Fluent;

namespace KubeProxyNext.Unit.Fuzz;

/// <summary>A text of a corpus that came to harm.</summary>
/// <param name="Origin">Its place in the corpus.</param>
public sealed record Mutant(int Origin, IReadOnlyList<Edit> Edits)
{
    private const int Far = 1 << 20;
    private const int MostEdits = 6;

    private static readonly Gen<Edit> AnyEdit =
        from kind in Gen.Elements(Enum.GetValues<EditKind>())
        from at in Gen.Choose(0, Far)
        from length in Gen.Frequency((6, Gen.Choose(1, 8)), (2, Gen.Choose(1, 200)), (1, Gen.Choose(1, 20_000)))
        from value in Gen.Frequency((3, Gen.Choose(0, Far)), (2, Gen.Elements(0, 0x7f, 0x80, 0xff, '"', '{', '}', '[', ']', ':', '&', '*', '\n', '-')))
        select new Edit(kind, at, length, value);

    public byte[] Bytes(IReadOnlyList<byte[]> corpus) => Edits.Aggregate(corpus[Origin], (text, edit) => edit.Apply(text, corpus));

    /// <summary>What a failure shows: to have the same again.</summary>
    public override string ToString() => $"text {Origin}, {string.Join(", ", Edits)}";

    /// <summary>One that fails with fewer edits is a better one.</summary>
    internal static Arbitrary<Mutant> Of(int corpus) => Arb.From(
        from origin in Gen.Choose(0, corpus - 1)
        from count in Gen.Choose(1, MostEdits)
        from edits in Gen.ListOf(AnyEdit, count)
        select new Mutant(origin, [.. edits]),
        mutant => mutant.Edits.Select((_, left) => mutant with { Edits = [.. mutant.Edits.Where((_, i) => i != left)] }));
}
