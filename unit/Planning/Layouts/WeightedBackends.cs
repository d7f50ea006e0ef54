using FsCheck;
using FsCheck.Fluent;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Planning.Layouts;

/// <summary>Backends with weights, as layouts are made for.</summary>
public sealed record WeightedBackends(ValueArray<Backend> Backends)
{
    public int Count => Backends.Count;

    /// <summary>The sum of all weights.</summary>
    public long Sum => Backends.Sum(backend => (long)backend.Weight);

    /// <summary>One for each weight, at addresses one after the other.</summary>
    public static WeightedBackends Of(params IEnumerable<ushort> weights) => new([.. weights.Select((weight, i) => At(i, weight))]);

    /// <summary>2 to 200 of them: at addresses at random, with weights all the same, of like size, or as far apart as can be.</summary>
    public static Arbitrary<WeightedBackends> Arbitrary() => (
        from count in Gen.OneOf(Gen.Choose(2, 12), Gen.Choose(2, 200), Gen.Constant(200))
        from weights in Gen.OneOf(
            Gen.Constant(Gen.Constant(1)),
            Gen.Constant(Gen.Choose(1, 10)),
            Gen.Constant(Gen.Choose(1, ushort.MaxValue)),
            Gen.Constant(Gen.Frequency((20, Gen.Choose(1, 3)), (1, Gen.Choose(60_000, ushort.MaxValue)))))
        from chosen in Gen.ListOf(weights, count)
        from start in Gen.Choose(0, ushort.MaxValue)
        from step in Gen.Choose(1, 300)
        select new WeightedBackends([.. chosen.Select((weight, i) => At(start + (i * step), (ushort)weight)).OrderBy(b => b.Ip)]))
        .ToArbitrary();

    public WeightedBackends Without(int index) => new([.. Backends.Where((_, i) => i != index)]);

    /// <summary>In how many slots each stands.</summary>
    public int[] CountIn(ValueArray<ushort> layout)
    {
        var counts = new int[Count];
        foreach (var backend in layout)
        {
            counts[backend]++;
        }

        return counts;
    }

    private static Backend At(int place, ushort weight) =>
        new(IpAddress.FromBytes([10, 244, (byte)(place >> 8), (byte)place]), 8080, Weight: weight);
}
