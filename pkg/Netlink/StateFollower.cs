using System.Runtime.CompilerServices;

namespace KubeProxyNext.Netlink;

/// <summary>Tells a state as it is now, then again each time that it has become another one. Level-triggered: news only means to look anew.</summary>
internal static class StateFollower
{
    /// <param name="news">What may have changed it.</param>
    /// <param name="tryRead">Reads the state; null where a change cut through, whose news may have come before it.</param>
    /// <param name="areEqual">Whether two states are the same.</param>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    internal static async IAsyncEnumerable<T> WatchAsync<T>(
        NewsSocket news, Func<T?> tryRead, Func<T, T, bool> areEqual, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        T? known = null;
        while (true)
        {
            if (tryRead() is { } state)
            {
                if (known is null || !areEqual(known, state))
                {
                    known = state;
                    yield return state;
                }

                await news.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                cancellationToken.ThrowIfCancellationRequested();
                news.Drain();
            }
        }
    }
}
