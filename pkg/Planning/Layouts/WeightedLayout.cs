using KubeProxyNext.Model;

namespace KubeProxyNext.Planning.Layouts;

/// <summary>
/// Repeats backends in a set's slots by their weights, so that a slot drawn at random is a weighted draw, and spreads the
/// repetitions, so that going through the slots one by one is smooth.
/// </summary>
internal static class WeightedLayout
{
    /// <summary>The most slots that weights alone make a set have.</summary>
    public const int MaxSlots = 16_384;

    /// <summary>Which backend stands in which slot; empty where each stands in one, in order.</summary>
    /// <remarks>
    /// Exact where the weights, reduced by their greatest common divisor, sum up to <see cref="MaxSlots"/> or less; see
    /// <see cref="Apportionment"/> for how near it is otherwise. In the first n slots, whatever n is, a backend stands less than
    /// one time more or less often than its share of n. More backends than an index can name have no weights.
    /// </remarks>
    public static ValueArray<ushort> Of(ReadOnlySpan<Backend> backends)
    {
        if (!HasWeights(backends) || backends.Length > ushort.MaxValue)
        {
            return default;
        }

        var weights = new ushort[backends.Length];
        var (divisor, sum) = (0, 0L);
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = backends[i].Weight;
            divisor = CommonDivisor(divisor, weights[i]);
            sum += weights[i];
        }

        var slots = (int)Math.Max(Math.Min(sum / divisor, MaxSlots), weights.Length);
        var shares = new int[weights.Length];
        Apportionment.Divide(weights, slots, shares);
        return Spread(shares, slots);
    }

    private static bool HasWeights(ReadOnlySpan<Backend> backends)
    {
        foreach (ref readonly var backend in backends)
        {
            if (backend.Weight != backends[0].Weight)
            {
                return true;
            }
        }

        return false;
    }

    private static int CommonDivisor(int one, int other) => other == 0 ? one : CommonDivisor(other, one % other);

    // Turn k of a backend with s of n slots belongs between k*n/s and (k+1)*n/s. Of all turns that may come, the one that has to
    // come first does: with a single resource and turns of equal length that keeps every deadline (earliest deadline first).
    private static ValueArray<ushort> Spread(ReadOnlySpan<int> shares, int slots)
    {
        var layout = new ushort[slots];
        var taken = new int[shares.Length];
        var waiting = new PriorityQueue<int, long>(shares.Length);
        var due = new PriorityQueue<int, long>(shares.Length);
        for (var i = 0; i < shares.Length; i++)
        {
            waiting.Enqueue(i, 0);
        }

        for (var slot = 0; slot < slots; slot++)
        {
            while (waiting.TryPeek(out var next, out var start) && start <= slot)
            {
                waiting.Dequeue();
                due.Enqueue(next, Order(DivideUp((taken[next] + 1L) * slots, shares[next]), next));
            }

            var backend = due.Dequeue();
            layout[slot] = (ushort)backend;
            if (++taken[backend] < shares[backend])
            {
                waiting.Enqueue(backend, (long)taken[backend] * slots / shares[backend]);
            }
        }

        return ValueArray.Create<ushort>(layout);
    }

    // A queue does not say which of two equals comes first; the layout has to be the same each time.
    private static long Order(long deadline, int backend) => (deadline << 16) | (uint)backend;

    private static long DivideUp(long dividend, long divisor) => (dividend + divisor - 1) / divisor;
}
