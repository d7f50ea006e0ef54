using KubeProxyNext.ApiServer.Misbehaving;
using KubeProxyNext.ApiServer.Storage;
using KubeProxyNext.ApiServer.Wire;
using Microsoft.AspNetCore.Http;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>Lists and single objects.</summary>
internal sealed class ListHandler(ApiStore store)
{
    /// <summary>The real server leaves the length away, and sends in chunks, from this size on.</summary>
    private const long ChunkedFrom = 2048;

    private const string InconsistentToken =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue "
        + "parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided "
        + "token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was "
        + "returned and now may show up in the list.";

    private readonly PageBook _pages = new();

    public void ForgetPages() => _pages.Clear();

    public async Task ListAsync(
        HttpContext context, Route route, ListOptions options, Trouble trouble, BodyFormat format, AnswerBody body)
    {
        var labels = LabelSelector.Parse(options.Labels);
        var fields = FieldSelector.Parse(route.Resource, options.Fields, trouble.Has<Misbehaviour.RefuseClusterIpSelector>());
        var (state, version, from) = Source(route.Resource, options, trouble.Has<Misbehaviour.ExpireContinue>());
        var isFiltered = !labels.IsEmpty || !fields.IsEmpty;
        var matching = new ArraySegment<StoredObject>(state, from, state.Length - from);
        if (isFiltered || route.Namespace.Length > 0)
        {
            var filter = new ObjectFilter(route.Namespace, labels, fields);
            matching = new([.. matching.Where(filter.Matches)]);
        }

        var list = Page(route.Resource, matching, version, options.Limit, isFiltered);
        if (list.Continue.Length > 0)
        {
            _pages.Keep(route.Resource, version, state);
        }

        var (pieces, length) = list.Encode(format);
        context.Response.ContentType = Negotiation.ContentType(format, isWatch: false);
        context.Response.ContentLength = length < ChunkedFrom ? length : null;
        foreach (var piece in pieces)
        {
            await body.WriteAsync(piece);
        }

        await body.FlushAsync();
    }

    public Task GetAsync(HttpContext context, Route route, BodyFormat format)
    {
        var resource = route.Resource;
        var item = store.Find(resource, StoredObject.KeyOf(resource, route.Namespace, route.Name))
            ?? throw new StatusException(ApiStatusBody.NotFound(resource, route.Name));
        return Answers.BytesAsync(context, format, format == BodyFormat.Protobuf
            ? ProtoEnvelope.Wrap(resource.ApiVersion, resource.Kind, item.Proto)
            : [.. EventEncoder.TypedHead(resource), .. item.Json[1..], (byte)'\n']);
    }

    private static ListEncoder Page(
        ApiResource resource, ArraySegment<StoredObject> matching, long version, int limit, bool isFiltered)
    {
        if (limit <= 0 || matching.Count <= limit)
        {
            return new ListEncoder(resource, matching, version, Continue: "", Remaining: null);
        }

        var page = matching[..limit];
        long? remaining = isFiltered ? null : matching.Count - limit;
        return new ListEncoder(resource, page, version, ContinueToken.After(version, page[^1].Key).ToString(), remaining);
    }

    /// <summary>The state that the list shows, and where in it this page starts.</summary>
    private (StoredObject[] State, long Version, int From) Source(ApiResource resource, ListOptions options, bool expireContinue)
    {
        var (now, current) = store.Snapshot(resource);
        if (options.Continue.Length == 0)
        {
            return (now, Demand(options, current), 0);
        }

        var token = ContinueToken.Parse(options.Continue);
        if (token.Version == -1)
        {
            return (now, current, FirstOf(now, token));
        }

        if (expireContinue || _pages.Find(resource, token.Version) is not { } kept)
        {
            throw new StatusException(new ApiStatusBody(410, "Expired", InconsistentToken)
            {
                Continue = (token with { Version = -1 }).ToString(),
            });
        }

        return (kept, token.Version, FirstOf(kept, token));
    }

    private static long Demand(ListOptions options, long current)
    {
        if (!Invariant.TryVersion(options.ResourceVersion, out var asked) || asked <= current)
        {
            return options.Match == "Exact" && asked != current
                ? throw new StatusException(new ApiStatusBody(410, "Expired", "The resourceVersion for the provided list is too old."))
                : current;
        }

        throw new StatusException(ApiStatusBody.TooLargeVersion(asked, current));
    }

    private static int FirstOf(StoredObject[] state, ContinueToken token)
    {
        var (low, high) = (0, state.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = token.Covers(state[middle].Key) ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
