namespace KubeProxyNext.Netlink;

/// <summary>
/// What monitors have in common: they subscribe to the kernel's news in the network namespace of the thread that makes them, and list
/// what there is.
/// </summary>
public abstract class NewsMonitor : IDisposable
{
    private readonly IDisposable _lister;

    /// <summary>Subscribes at once: a change after this is not missed, whenever watching begins.</summary>
    /// <param name="reader">Hears the news.</param>
    /// <param name="lister">What the monitor lists with; disposed with it, and where this fails.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    private protected NewsMonitor(uint groups, INewsReader reader, IDisposable lister)
    {
        _lister = lister;
        try
        {
            News = new(groups, reader);
        }
        catch
        {
            lister.Dispose();
            throw;
        }
    }

    /// <summary>How often more changed than the socket's buffer holds. Nothing is missed by that, since all of it is read anew.</summary>
    public long Overflows => News.Losses;

    /// <inheritdoc cref="NewsSocket.BufferBytes"/>
    internal int ReceiveBufferBytes
    {
        set => News.BufferBytes = value;
    }

    private protected NewsSocket News { get; }

    public void Dispose()
    {
        News.Dispose();
        _lister.Dispose();
        GC.SuppressFinalize(this);
    }
}
