namespace KubeProxyNext.Bpf;

/// <summary>The kernel's own unit of time, which programs read for nothing (<c>bpf_jiffies64</c>).</summary>
public static unsafe class Jiffies
{
    // INITIAL_JIFFIES: they wrap around five minutes after boot, so that nobody can overlook that they do.
    private const int SecondsToFirstWrap = 300;

    /// <summary>
    /// How long a jiffy is: as exact as the coarse clock, whose step it is. How many there are to a second (<c>CONFIG_HZ</c>) the kernel
    /// tells nobody in so many words.
    /// </summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static TimeSpan Length
    {
        get
        {
            LibC.TimeSpec resolution;
            return LibC.clock_getres(LibC.ClockMonotonicCoarse, &resolution) == 0
                ? TimeSpan.FromTicks(resolution.Nanoseconds / TimeSpan.NanosecondsPerTick)
                : throw BpfException.FromLastError("read the resolution of clock", "CLOCK_MONOTONIC_COARSE");
        }
    }

    /// <summary>How many there have been, as programs read them. They go by the monotonic clock.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static ulong Now
    {
        get
        {
            LibC.TimeSpec time;
            if (LibC.clock_gettime(LibC.ClockMonotonicCoarse, &time) != 0)
            {
                throw BpfException.FromLastError("read clock", "CLOCK_MONOTONIC_COARSE");
            }

            var length = Length;
            var perSecond = (uint)Math.Round(TimeSpan.FromSeconds(1) / length);
            return (uint)-(SecondsToFirstWrap * (int)perSecond) + (ulong)time.Seconds * perSecond
                + (ulong)(time.Nanoseconds / TimeSpan.NanosecondsPerTick / length.Ticks);
        }
    }
}
