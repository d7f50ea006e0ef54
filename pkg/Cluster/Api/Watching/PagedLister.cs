using System.Buffers;
using System.IO.Pipelines;
using KubeProxyNext.Cluster.Api.Http;

namespace KubeProxyNext.Cluster.Api.Watching;

/// <summary>Takes a complete list, page by page.</summary>
internal sealed class PagedLister<T>(ApiClient client, IResourceCodec<T> codec, ApiClientOptions options, TimeProvider time)
    where T : class
{
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
        var page = await ReadPageAsync(query.Page(options.PageSize, ""), cancellationToken);
        if (page.Continue.Length == 0)
        {
            return page;
        }

        // The first page's version: later ones may be newer, and events that come twice do no harm.
        var version = page.ResourceVersion;
        var items = new List<T>(page.Items);
        while (page.Continue.Length > 0)
        {
            try
            {
                page = await ReadPageAsync(query.Page(options.PageSize, page.Continue), cancellationToken, isFirst: false);
            }
            catch (ApiException e) when (e.IsGone || e.IsRejected)
            {
                // The token expired under way; all at once cannot expire.
                return await ReadPageAsync(query.Page(0, ""), cancellationToken);
            }

            items.AddRange(page.Items);
        }

        return new ListPage<T>(items, version, "");
    }

    /// <summary>Takes one page; it fails as <see cref="ListAsync"/> does.</summary>
    public Task<ListPage<T>> ReadOnceAsync(string url, CancellationToken cancellationToken) => ReadPageAsync(url, cancellationToken);

    // Who limits requests means lists: a large one would take longer than kube-proxy's, which is one request.
    private async Task<ListPage<T>> ReadPageAsync(string url, CancellationToken cancellationToken, bool isFirst = true)
    {
        using var answer = await client.GetAsync(url, cancellationToken, isPaced: isFirst);
        var body = await ReadToEndAsync(answer.Body, cancellationToken);
        return codec.ReadList(answer.Format, body);
    }

    private async Task<ReadOnlySequence<byte>> ReadToEndAsync(PipeReader body, CancellationToken cancellationToken)
    {
        using var timer = new SilenceTimer(time, cancellationToken);
        try
        {
            while (true)
            {
                timer.Start(options.ListSilence);
                var result = await body.ReadAsync(timer.Token);
                if (result.IsCompleted)
                {
                    return result.Buffer;
                }

                CheckLength(result.Buffer.Length);
                body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
        catch (OperationCanceledException) when (timer.Fired)
        {
            throw new TimeoutException($"no byte of the list of {codec.Resource} for {options.ListSilence.TotalSeconds:0.###} s");
        }
    }

    private void CheckLength(long length)
    {
        if (length > options.LongestList)
        {
            throw new InvalidDataException($"a list of {length} bytes or more; the limit is {options.LongestList}");
        }
    }
}
