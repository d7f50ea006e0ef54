using System.Buffers.Binary;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// Where the hash of frontends starts: not to be known to those who choose addresses, and the same for every process that works
/// on the same pinned maps. Both hold for the id of this boot, which the pins do not outlive either.
/// </summary>
internal static class FrontendSeed
{
    private const string BootId = "/proc/sys/kernel/random/boot_id";

    internal static ulong OfThisBoot()
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.Parse(File.ReadAllText(BootId)).TryWriteBytes(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
