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

    private readonly string _bpffs;

    private PinOwner(string bpffs, FolderLock held) => (_bpffs, Held) = (bpffs, held);

    /// <summary>Keeps others out for as long as this lives.</summary>
    public FolderLock Held { get; }

    /// <param name="bpffs">A folder in a bpffs; it is made where it is missing.</param>
    /// <param name="takeOver">Whether a process that works there is to let go.</param>
    /// <exception cref="BpfException">Another process works there, and is not asked to let go, or does not.</exception>
    public static async Task<PinOwner> TakeAsync(string bpffs, bool takeOver, TimeProvider time, CancellationToken cancellationToken)
    {
        FileSystem.CreatePinFolder(bpffs);
        if (!takeOver)
        {
            return new(bpffs, FolderLock.Take(bpffs));
        }

        Directory.CreateDirectory(PinFolder.LinksFolderOf(bpffs));
        using var claim = await ClaimAsync(bpffs, time, cancellationToken).ConfigureAwait(false);
        return new(bpffs, await TakeAsync(bpffs, time, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Waits until nobody works there, nor asks to.</summary>
    public static async Task WaitUntilFreeAsync(string bpffs, TimeSpan period, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!IsClaimed(bpffs) && FolderLock.TryTake(bpffs) is { } free)
            {
                free.Dispose();
                return;
            }
        }
    }

    /// <summary>Completes when another process asks to be the next.</summary>
    public async Task WaitForClaimAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        while (!IsClaimed(_bpffs))
        {
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => Held.Dispose();

    // Who asks holds the lock of another folder: it ends with the process, too.
    private static bool IsClaimed(string bpffs)
    {
        var links = PinFolder.LinksFolderOf(bpffs);
        if (!Directory.Exists(links))
        {
            return false;
        }

        using var free = FolderLock.TryTake(links);
        return free is null;
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
            if (FolderLock.TryTake(folder) is { } taken)
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
