namespace KubeProxyNext.Unit.Netlink;

/// <summary>What a monitor tells, asked for one piece after the other.</summary>
internal sealed class News<T> : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _end = new(Patience);
    private readonly IAsyncEnumerator<T> _news;

    internal News(Func<CancellationToken, IAsyncEnumerable<T>> watch) => _news = watch(_end.Token).GetAsyncEnumerator(_end.Token);

    /// <summary>The next piece; fails where none comes.</summary>
    internal async Task<T> NextAsync()
    {
        Assert.That(await _news.MoveNextAsync(), Is.True);
        return _news.Current;
    }

    /// <summary>The first piece to come for which that is true; fails where none comes.</summary>
    internal async Task<T> UntilAsync(Func<T, bool> isAsWanted)
    {
        while (true)
        {
            var piece = await NextAsync();
            if (isAsWanted(piece))
            {
                return piece;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _news.DisposeAsync();
        _end.Dispose();
    }
}
