namespace KubeProxyNext.Planning.Layouts;

/// <summary>
/// Whose turn it is to claim a slot. A backend of weight w has turn k at the time (k + u) / w, where u is its own and below 1: so
/// its times do not depend on who else is there, nor on the order in which the backends are listed.
/// </summary>
internal sealed class MaglevTurns
{
    // Times are whole numbers: of the 64 bits, the fraction has 40 and the number of turns the rest.
    private const int FractionBits = 40;

    // Those of one weight have their turns in a circle, in the order of their ids; only circles are compared.
    private readonly Circle[] _circles;
    private readonly ulong[] _ids;
    private readonly PriorityQueue<int, ulong> _queue = new();

    /// <summary>Begins at time 0; backends are sorted by weight, then id.</summary>
    public MaglevTurns(ulong[] ids, ushort[] weights)
    {
        _ids = ids;
        _circles = CirclesOf(weights);
        for (var i = 0; i < _circles.Length; i++)
        {
            _queue.Enqueue(i, TimeOf(_circles[i]));
        }
    }

    public int Next()
    {
        var first = _queue.Peek();
        ref var circle = ref _circles[first];
        var backend = circle.Next;
        circle.Advance();
        _queue.DequeueEnqueue(first, TimeOf(circle));
        return backend;
    }

    private static Circle[] CirclesOf(ReadOnlySpan<ushort> weights)
    {
        var circles = new List<Circle>();
        for (var first = 0; first < weights.Length;)
        {
            var end = first + weights[first..].LastIndexOf(weights[first]) + 1;
            circles.Add(new Circle(first, end, weights[first]));
            first = end;
        }

        return [.. circles];
    }

    private ulong TimeOf(in Circle circle) =>
        ((circle.Round << FractionBits) + (_ids[circle.Next] >> (64 - FractionBits))) / circle.Weight;

    // Backends of one weight: from First up to End.
    private record struct Circle(int First, int End, ushort Weight)
    {
        public int Next { get; private set; } = First;

        public ulong Round { get; private set; }

        public void Advance()
        {
            if (++Next == End)
            {
                Next = First;
                Round++;
            }
        }
    }
}
