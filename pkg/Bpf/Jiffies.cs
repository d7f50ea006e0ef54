namespace KubeProxyNext.Bpf;

/// <summary>The kernel's own unit of time, which programs read for nothing (<c>bpf_jiffies64</c>).</summary>
public static class Jiffies
{
    /// <summary>
    /// How long a jiffy is: as exact as the coarse clock, whose step it is. How many there are to a second (<c>CONFIG_HZ</c>) the kernel
    /// tells nobody in so many words.
    /// </summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static unsafe TimeSpan Length
    {
        get
        {
            LibC.TimeSpec resolution;
            return LibC.clock_getres(LibC.ClockMonotonicCoarse, &resolution) == 0
                ? TimeSpan.FromTicks(resolution.Nanoseconds / TimeSpan.NanosecondsPerTick)
                : throw BpfException.FromLastError("read the resolution of clock", "CLOCK_MONOTONIC_COARSE");
        }
    }
}
