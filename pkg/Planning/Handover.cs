using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>An address that one Service had and another has now.</summary>
internal readonly record struct Handover(FrontendAddress Address, ObjectName From, ObjectName To)
{
    /// <summary>
    /// The names, and those of all who hand over or take, each once; who takes an address comes before whom it is taken from.
    /// Where Services swap addresses in a ring, one of them has to come first all the same.
    /// </summary>
    public static IReadOnlyCollection<ObjectName> Order(IReadOnlyCollection<ObjectName> names, IReadOnlyList<Handover> handovers)
    {
        if (handovers.Count == 0)
        {
            return names;
        }

        var takers = handovers.ToLookup(handover => handover.From, handover => handover.To);
        var ordered = new OrderedSet();
        foreach (var name in names.Concat(handovers.Select(handover => handover.From)))
        {
            ordered.AddAfterTakers(name, takers);
        }

        return ordered.Names;
    }

    // Walks depth first with a stack of its own: a chain of takers may be as long as there are Services.
    private sealed class OrderedSet
    {
        private readonly HashSet<ObjectName> _entered = [];
        private readonly Stack<(ObjectName Name, bool AreTakersIn)> _open = [];

        public List<ObjectName> Names { get; } = [];

        public void AddAfterTakers(ObjectName name, ILookup<ObjectName, ObjectName> takers)
        {
            _open.Push((name, false));
            while (_open.TryPop(out var next))
            {
                if (next.AreTakersIn)
                {
                    Names.Add(next.Name);
                }
                else if (_entered.Add(next.Name))
                {
                    _open.Push((next.Name, true));
                    foreach (var taker in takers[next.Name])
                    {
                        _open.Push((taker, false));
                    }
                }
            }
        }
    }
}
