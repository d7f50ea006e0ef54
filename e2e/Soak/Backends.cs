using System.Numerics;

namespace KubeProxyNext.Soak;

/// <summary>Backends by their numbers, as a set of bits; the last bit says that there may be none at all.</summary>
internal readonly record struct Backends(uint Bits)
{
    public static readonly Backends None = new(1u << 31);

    public static Backends operator |(Backends left, Backends right) => new(left.Bits | right.Bits);

    public static Backends operator &(Backends left, Backends right) => new(left.Bits & right.Bits);

    public int Count => BitOperations.PopCount((this & new Backends(~None.Bits)).Bits);

    public IEnumerable<int> Numbers => Enumerable.Range(0, 31).Where(Has);

    /// <summary>A set of some of so many, at least one.</summary>
    public static Backends Random(int of, Random random) => new((uint)random.Next(1, 1 << of));

    public static Backends Of(IEnumerable<int> numbers) =>
        numbers.Aggregate(default(Backends), (all, number) => all | new Backends(1u << number)) is { Bits: > 0 } some ? some : None;

    public override string ToString() => $"{Bits:x8}";

    private bool Has(int number) => (Bits & 1u << number) != 0;
}
