namespace KubeProxyNext.Planning.Layouts;

/// <summary>Divides slots among backends by their weights, in whole slots.</summary>
internal static class Apportionment
{
    /// <summary>
    /// Gives each backend its share of the slots, within one slot (largest remainder), and never less than one. What those that
    /// would have had less than one get in addition is taken from all others in proportion: with 200 backends that is below 1 %
    /// of all slots in 16,384, however far apart their weights are.
    /// </summary>
    /// <param name="weights">Each at least 1.</param>
    /// <param name="slots">No less than there are backends.</param>
    /// <param name="shares">What each backend gets; sums up to <paramref name="slots"/>.</param>
    public static void Divide(ReadOnlySpan<ushort> weights, int slots, Span<int> shares)
    {
        shares.Clear();
        var (rest, sum) = (slots, Sum(weights));
        while (TakeSmallOnes(weights, shares, ref rest, ref sum))
        {
        }

        DivideRest(weights, rest, sum, shares);
    }

    // Those whose share is below a slot get one; that makes the rest scarcer, so that others may fall below: hence again.
    private static bool TakeSmallOnes(ReadOnlySpan<ushort> weights, Span<int> shares, ref int slots, ref long sum)
    {
        var (before, sumBefore) = (slots, sum);
        for (var i = 0; i < weights.Length; i++)
        {
            if (shares[i] == 0 && weights[i] * (long)before < sumBefore)
            {
                shares[i] = 1;
                slots--;
                sum -= weights[i];
            }
        }

        return slots < before;
    }

    private static void DivideRest(ReadOnlySpan<ushort> weights, int slots, long sum, Span<int> shares)
    {
        var remainders = new List<(long Remainder, int Index)>();
        var left = slots;
        for (var i = 0; i < weights.Length; i++)
        {
            if (shares[i] == 0)
            {
                var (quotient, remainder) = Math.DivRem(weights[i] * (long)slots, sum);
                shares[i] = (int)quotient;
                left -= shares[i];
                remainders.Add((-remainder, i));
            }
        }

        remainders.Sort();
        for (var i = 0; i < left; i++)
        {
            shares[remainders[i].Index]++;
        }
    }

    private static long Sum(ReadOnlySpan<ushort> weights)
    {
        var sum = 0L;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        return sum;
    }
}
