using System.Buffers;
using System.IO.Pipelines;
using KubeProxyNext.Cluster.Api.Http;
using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Api.Watching;

/// <summary>Takes a complete list, page by page.</summary>
internal sealed class PagedLister<T>(ApiClient client, IResourceCodec<T> codec, ApiClientOptions options, TimeProvider time)
    where T : class
{
    private int _pageSize = options.PageSize;

    /// <returns>All items, and the version to watch from.</returns>
    /// <exception cref="ApiException">The server said no.</exception>
    /// <exception cref="InvalidDataException">It cannot be decoded, or is too long.</exception>
    /// <exception cref="TimeoutException">The body stalls, or the whole takes too long.</exception>
    public async Task<ListPage<T>> ListAsync(ResourceQuery query, CancellationToken cancellationToken)
    {
        using var whole = new SilenceTimer(time, cancellationToken);
        whole.Start(options.ListTimeout);
        try
        {
            return await ListPagesAsync(query, whole.Token);
        }
        catch (OperationCanceledException) when (whole.Fired)
        {
            throw new TimeoutException($"the list of {codec.Resource} took more than {options.ListTimeout.TotalSeconds:0.###} s");
        }
    }

    private async Task<ListPage<T>> ListPagesAsync(ResourceQuery query, CancellationToken cancellationToken)
    {
        var page = await ReadShorterAsync(query, "", cancellationToken);
        if (page.Continue.Length == 0)
        {
            return page;
        }

        // The first page's version: later ones may be newer, and events that come twice do no harm.
        var version = page.ResourceVersion;
        var items = new List<T>(page.Items);
        var unusable = new List<ObjectName>(page.Unusable);
        while (page.Continue.Length > 0)
        {
            try
            {
                page = await ReadShorterAsync(query, page.Continue, cancellationToken);
            }
            catch (ApiException e) when (e.IsGone || e.IsRejected)
            {
                // The token expired under way; all at once cannot expire.
                return await ReadOnceAsync(query.Page(0, ""), cancellationToken);
            }

            items.AddRange(page.Items);
            unusable.AddRange(page.Unusable);
        }

        return new ListPage<T>(items, version, "") { Unusable = unusable };
    }

    // Whoever may write objects can make 500 of them larger than is good for this process: then it asks for fewer at once.
    private async Task<ListPage<T>> ReadShorterAsync(ResourceQuery query, string next, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryReadPageAsync(query.Page(_pageSize, next), options.LongestPage, cancellationToken, isFirst: next.Length == 0) is { } page)
            {
                return page;
            }

            _pageSize = _pageSize > 1 ? Math.Max(1, _pageSize / 4) : throw TooLong(options.LongestPage);
        }
    }

    /// <summary>Takes one page; it fails as <see cref="ListAsync"/> does.</summary>
    public async Task<ListPage<T>> ReadOnceAsync(string url, CancellationToken cancellationToken) =>
        await TryReadPageAsync(url, options.LongestList, cancellationToken) ?? throw TooLong(options.LongestList);

    // Null where it is too long. Who limits requests means lists: a large one would take longer than kube-proxy's, which is one request.
    private async Task<ListPage<T>?> TryReadPageAsync(string url, int longest, CancellationToken cancellationToken, bool isFirst = true)
    {
        using var answer = await client.GetAsync(url, cancellationToken, isPaced: isFirst);
        var body = await ReadToEndAsync(answer.Body, longest, cancellationToken);
        return body is { } whole ? codec.ReadList(answer.Format, whole) : null;
    }

    // Null where it is longer.
    private async Task<ReadOnlySequence<byte>?> ReadToEndAsync(PipeReader body, int longest, CancellationToken cancellationToken)
    {
        using var timer = new SilenceTimer(time, cancellationToken);
        try
        {
            while (true)
            {
                timer.Start(options.ListSilence);
                var result = await body.ReadAsync(timer.Token);
                if (result.Buffer.Length > longest)
                {
                    return null;
                }

                if (result.IsCompleted)
                {
                    return result.Buffer;
                }

                body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
        catch (OperationCanceledException) when (timer.Fired)
        {
            throw new TimeoutException($"no byte of the list of {codec.Resource} for {options.ListSilence.TotalSeconds:0.###} s");
        }
    }

    private InvalidDataException TooLong(int longest) => new($"a list of {codec.Resource} of more than {longest} bytes");
}
