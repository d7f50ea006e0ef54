namespace KubeProxyNext.Bpf;

/// <summary>Memory that this process has mapped, and need not keep.</summary>
public static class MappedMemory
{
    private const int DontNeed = 4;

    /// <summary>
    /// Drops the pages of a file mapping; they come back from the page cache when they are touched. For mappings that nobody has
    /// written: what was written would be lost. It is advice: where the kernel does not take it, nothing happens.
    /// </summary>
    public static void DropPages(nint start, nint length) => _ = LibC.madvise(start, (nuint)length, DontNeed);

    /// <summary>
    /// Gives back what the C library has free: libbpf reads the types of the whole kernel at each load, and the compiler works there, too.
    /// </summary>
    public static void Trim() => _ = LibC.malloc_trim(0);
}
