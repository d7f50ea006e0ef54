using KubeProxyNext.Bpf;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// Who works on the pins of a folder: one process at a time. Another may ask to be the next; whoever has it is told so, and lets go.
/// </summary>
public sealed class PinOwner : IDisposable
{
    // A process that lets go has little left to do; one that does not is an older build, or hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly string _bpffs;
    private FolderLock _held;
    private bool _isLost;

    private PinOwner(string bpffs, FolderLock held) => (_bpffs, _held) = (bpffs, held);

    /// <summary>Whether programs are at work by links that are pinned there; they are without a process, too.</summary>
    public bool IsAnythingAtWork => PinFolder.LinksFolderOf(_bpffs) is var links && Directory.Exists(links) && Directory.EnumerateFiles(links).Any();

    /// <summary>Keeps others out for as long as this lives.</summary>
    /// <param name="bpffs">A folder in a bpffs; it is made where it is missing.</param>
    /// <exception cref="BpfException">Another process works there.</exception>
    public static PinOwner Take(string bpffs)
    {
        FileSystem.CreatePinFolder(bpffs);
        return new(bpffs, FolderLock.Take(bpffs));
    }

    /// <summary>The same, and another process may be asked to let go.</summary>
    /// <param name="bpffs">A folder in a bpffs; it is made where it is missing.</param>
    /// <param name="takeOver">Whether a process that works there is to let go.</param>
    /// <exception cref="BpfException">Another process works there, and is not asked to let go, or does not.</exception>
    public static async Task<PinOwner> TakeAsync(string bpffs, bool takeOver, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!takeOver)
        {
            return Take(bpffs);
        }

        using var claim = await ClaimAsync(bpffs, time, cancellationToken).ConfigureAwait(false);
        return new(bpffs, await TakeAsync(bpffs, time, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Whether a process works there.</summary>
    /// <exception cref="BpfException">The folder cannot be looked at.</exception>
    public static bool IsTaken(string bpffs) => FolderLock.IsTaken(bpffs);

    /// <summary>Waits until nobody works there, nor asks to, and takes the place.</summary>
    /// <exception cref="BpfException">The folder is gone, and cannot be made.</exception>
    public static async Task<PinOwner> WaitAsync(string bpffs, TimeSpan period, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(period, time);
        while (true)
        {
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
            if (!IsClaimed(bpffs) && TryTake(bpffs) is { } free)
            {
                return new(bpffs, free);
            }
        }
    }

    /// <summary>Completes when another process asks to be the next, or has the place.</summary>
    public async Task WaitForAnotherAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        while (Keep() && !IsClaimed(_bpffs))
        {
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether the place is still this process'. Whoever removes the folder takes the lock away with it: then the one that is there, or is made
    /// anew, is locked, unless another process was faster. Any thread may call.
    /// </summary>
    public bool Keep()
    {
        lock (_lock)
        {
            try
            {
                _isLost = _isLost || !(_held.IsAt(_bpffs) || TryTakeAnew());
            }
            catch (Exception error) when (error is BpfException or IOException or UnauthorizedAccessException)
            {
                // Where the folder cannot be made, nobody else works in one.
            }

            return !_isLost;
        }
    }

    /// <summary>Lets others in. Where nothing is pinned, nothing is left: whoever made the folder has not come far.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (!_isLost && _held.IsAt(_bpffs) && !IsClaimed(_bpffs))
            {
                PinFolder.RemoveEmpty(_bpffs);
            }

            // Who still asks is not to take it anew.
            _isLost = true;
            _held.Dispose();
        }
    }

    // Who asks holds the lock of another folder: it ends with the process, too.
    private static bool IsClaimed(string bpffs) => FolderLock.IsTaken(PinFolder.LinksFolderOf(bpffs));

    private static FolderLock? TryTake(string folder)
    {
        while (true)
        {
            FileSystem.CreatePinFolder(folder);
            try
            {
                return FolderLock.TryTake(folder);
            }
            catch (BpfException error) when (error.Errno == Errno.NoEntry)
            {
                // Whoever had it until now has removed it meanwhile.
            }
        }
    }

    private bool TryTakeAnew()
    {
        if (TryTake(_bpffs) is not { } taken)
        {
            return false;
        }

        _held.Dispose();
        _held = taken;
        return true;
    }

    private static async Task<FolderLock> ClaimAsync(string bpffs, TimeProvider time, CancellationToken cancellationToken) =>
        await TryAsync(PinFolder.LinksFolderOf(bpffs), time, cancellationToken).ConfigureAwait(false)
        ?? throw new BpfException("take over", bpffs, Errno.Again, "another kube-proxy-next is about to do so: end one of them");

    private static async Task<FolderLock> TakeAsync(string bpffs, TimeProvider time, CancellationToken cancellationToken) =>
        await TryAsync(bpffs, time, cancellationToken).ConfigureAwait(false)
        ?? throw new BpfException("take over", bpffs, Errno.Again, $"the kube-proxy-next that works there has not let go in {Patience.TotalSeconds} s: end it");

    private static async Task<FolderLock?> TryAsync(string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var timer = new PeriodicTimer(Step, time);
        while (true)
        {
            if (TryTake(folder) is { } taken)
            {
                return taken;
            }

            if (time.GetElapsedTime(started) > Patience || !await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }
    }
}
