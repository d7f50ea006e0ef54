namespace KubeProxyNext.Laboratory;

/// <summary>Waits for what the outside world will show in a moment, by looking again and again.</summary>
public static class Eventually
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks until what is seen is as wanted, and returns it.</summary>
    /// <exception cref="LabException">It was not within 15 s; the message holds what was seen last.</exception>
    public static async Task<T> SeesAsync<T>(string what, Func<Task<T>> look, Func<T, bool> wanted)
    {
        using var deadline = new CancellationTokenSource(Within);
        var seen = await look();
        while (!wanted(seen))
        {
            if (deadline.IsCancellationRequested)
            {
                throw new LabException($"{what}: not within {Within.TotalSeconds} s; last seen: {seen}");
            }

            await Task.Delay(Pause);
            seen = await look();
        }

        return seen;
    }
}
