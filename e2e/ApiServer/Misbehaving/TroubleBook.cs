namespace KubeProxyNext.ApiServer.Misbehaving;

/// <summary>The misbehaviours that are asked for, in the order asked.</summary>
internal sealed class TroubleBook
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <param name="times">For so many requests; null until lifted.</param>
    /// <returns>Lifts it when disposed.</returns>
    public IDisposable Add(Misbehaviour what, ApiResource? resource, RequestKind kind, int? times)
    {
        var entry = new Entry(this, what, resource, kind) { Left = times };
        lock (_gate)
        {
            _entries.Add(entry);
        }

        return entry;
    }

    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    /// <summary>What befalls this request; it counts as one of theirs.</summary>
    public Trouble For(ApiResource? resource, bool isWatch)
    {
        lock (_gate)
        {
            var hits = _entries.Where(e => e.Concerns(resource, isWatch)).ToList();
            foreach (var hit in hits.Where(h => --h.Left == 0))
            {
                _entries.Remove(hit);
            }

            return new Trouble([.. hits.Select(h => h.What)]);
        }
    }

    private sealed class Entry(TroubleBook book, Misbehaviour what, ApiResource? resource, RequestKind kind) : IDisposable
    {
        public Misbehaviour What { get; } = what;

        public int? Left { get; set; }

        public bool Concerns(ApiResource? asked, bool isWatch) =>
            (resource is null || resource == asked)
            && (kind == RequestKind.Any || kind == (isWatch ? RequestKind.Watch : RequestKind.List));

        public void Dispose()
        {
            lock (book._gate)
            {
                book._entries.Remove(this);
            }
        }
    }
}
