using System.Buffers;
using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>
/// The endpoints of one service port in one family that are of any use: ready, or serving. Each address and port is there once
/// (behaviour 3.2), sorted by address, then port.
/// </summary>
/// <remarks>
/// kube-proxy sorts by the text <c>ip:port</c>. That order only shows where a client is remembered by several endpoints and
/// the first one wins (behaviour 5); here a client is remembered by one, so numbers will do and need no text.
/// </remarks>
internal readonly ref struct EndpointTable
{
    private readonly ReadOnlySpan<EndpointSlice> _slices;
    private readonly SliceWeights? _weights;
    private readonly Candidate[] _rented;

    private EndpointTable(ReadOnlySpan<EndpointSlice> slices, SliceWeights? weights, Candidate[] rented, int count)
    {
        _slices = slices;
        _weights = weights;
        _rented = rented;
        Count = count;
    }

    public int Count { get; }

    /// <summary>Collects them. The table borrows memory: dispose it.</summary>
    /// <param name="weights">Those of the same slices; null where no slice says any.</param>
    /// <param name="most">What is listed beyond so many is not looked at.</param>
    public static EndpointTable Of(SliceJoins joins, SliceWeights? weights, IpFamily family, in ServicePort port, int most)
    {
        var slices = joins.Slices.AsSpan();
        var joined = joins.Of(family, port);
        var room = (int)Math.Min(CountCandidates(slices, joined), most);
        var rented = ArrayPool<Candidate>.Shared.Rent(room);
        var found = Collect(slices, joined, family, rented.AsSpan(0, room));
        rented.AsSpan(0, found).Sort();
        var all = new EndpointTable(slices, weights, rented, found);
        return new EndpointTable(slices, weights, rented, all.Merge());
    }

    public ref readonly Endpoint EndpointAt(int index) => ref EndpointOf(_rented[index]);

    public ushort PortAt(int index) => _rented[index].Port;

    /// <summary>As said by the slice whose listing of the endpoint counts; 1 where it says nothing.</summary>
    public ushort WeightAt(int index) =>
        _weights is null ? (ushort)1 : _weights.Of(_rented[index].Slice, _rented[index].Ip);

    /// <summary>Whether new clients may get it because it is ready. One of weight 0 is treated as if it were not.</summary>
    public bool IsReady(int index) => EndpointAt(index).IsReady && WeightAt(index) > 0;

    /// <summary>Whether new clients may get it where none is ready (behaviour 3.4).</summary>
    public bool IsDraining(int index) =>
        !EndpointAt(index).IsReady && EndpointAt(index).IsServing && EndpointAt(index).IsTerminating && WeightAt(index) > 0;

    /// <summary>Whether there is an endpoint that anybody, anywhere, could get: <c>hasAny</c> of behaviour 3.4. Weights do not matter.</summary>
    public bool HasAny()
    {
        for (var i = 0; i < Count; i++)
        {
            if (EndpointAt(i).IsReady || EndpointAt(i).IsTerminating)
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => ArrayPool<Candidate>.Shared.Return(_rented);

    private static long CountCandidates(ReadOnlySpan<EndpointSlice> slices, List<(int Slice, ushort Port)> joined)
    {
        var count = 0L;
        foreach (var (slice, _) in joined)
        {
            count += slices[slice].Endpoints.Count;
        }

        return count;
    }

    private static int Collect(
        ReadOnlySpan<EndpointSlice> slices, List<(int Slice, ushort Port)> joined, IpFamily family, Span<Candidate> into)
    {
        var count = 0;
        foreach (var (slice, port) in joined)
        {
            count += CollectFrom(slices[slice].Endpoints.AsSpan(), family, port, slice, into[count..]);
        }

        return count;
    }

    // Nobody holds the addresses of a slice against its addressType, and one family's maps cannot take the other's addresses.
    private static int CollectFrom(ReadOnlySpan<Endpoint> endpoints, IpFamily family, ushort port, int slice, Span<Candidate> into)
    {
        var count = 0;
        for (var e = 0; e < endpoints.Length && count < into.Length; e++)
        {
            if (endpoints[e].Ip.Family == family)
            {
                into[count++] = new Candidate(endpoints[e].Ip, port, slice, e);
            }
        }

        return count;
    }

    // Of all candidates with one address and port keeps the winner, if it is of use. In place: no more is written than was read.
    private int Merge()
    {
        var kept = 0;
        for (var first = 0; first < Count;)
        {
            var winner = _rented[first];
            var next = first + 1;
            for (; next < Count && _rented[next].IsSameAs(winner); next++)
            {
                winner = EndpointOf(_rented[next]).IsTerminating ? winner : _rented[next];
            }

            if (IsUsable(EndpointOf(winner)))
            {
                _rented[kept++] = winner;
            }

            first = next;
        }

        return kept;
    }

    private static bool IsUsable(in Endpoint endpoint) => endpoint.IsReady || endpoint.IsServing;

    private ref readonly Endpoint EndpointOf(in Candidate candidate) =>
        ref _slices[candidate.Slice].Endpoints.AsSpan()[candidate.Index];

    // Where an endpoint was seen. Within one address and port the order is that of the scan: slices by name, then their lists.
    private readonly record struct Candidate(IpAddress Ip, ushort Port, int Slice, int Index) : IComparable<Candidate>
    {
        public bool IsSameAs(in Candidate other) => Ip == other.Ip && Port == other.Port;

        public int CompareTo(Candidate other)
        {
            var byIp = Ip.CompareTo(other.Ip);
            var byPort = byIp != 0 ? byIp : Port.CompareTo(other.Port);
            var bySlice = byPort != 0 ? byPort : Slice.CompareTo(other.Slice);
            return bySlice != 0 ? bySlice : Index.CompareTo(other.Index);
        }
    }
}
