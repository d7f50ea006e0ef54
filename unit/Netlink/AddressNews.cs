using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Netlink;

/// <summary>What a monitor tells, asked for one list after the other.</summary>
internal sealed class AddressNews : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _end = new(Patience);
    private readonly IAsyncEnumerator<IReadOnlyList<LocalAddress>> _lists;

    internal AddressNews(AddressMonitor monitor) => _lists = monitor.WatchAsync(_end.Token).GetAsyncEnumerator(_end.Token);

    /// <summary>The next list; fails where none comes.</summary>
    internal async Task<IReadOnlyList<LocalAddress>> NextAsync()
    {
        Assert.That(await _lists.MoveNextAsync(), Is.True);
        return _lists.Current;
    }

    /// <summary>The first list to come for which that is true; fails where none comes.</summary>
    internal async Task<IReadOnlyList<LocalAddress>> UntilAsync(Func<IReadOnlyList<LocalAddress>, bool> isAsWanted)
    {
        while (true)
        {
            var list = await NextAsync();
            if (isAsWanted(list))
            {
                return list;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _lists.DisposeAsync();
        _end.Dispose();
    }
}
