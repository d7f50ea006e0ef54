namespace KubeProxyNext.Bpf;

/// <summary>Advice to the kernel on memory that this process has mapped.</summary>
public static class MappedMemory
{
    private const int DontNeed = 4;

    /// <summary>
    /// Drops the pages of a file mapping; they come back from the page cache when they are touched. For mappings that nobody has
    /// written: what was written would be lost. It is advice: where the kernel does not take it, nothing happens.
    /// </summary>
    public static void DropPages(nint start, nint length) => _ = LibC.madvise(start, (nuint)length, DontNeed);
}
