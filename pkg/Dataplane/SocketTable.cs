using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Dataplane;

/// <summary>Looks into <c>sockets</c>, which the programs write.</summary>
internal sealed class SocketTable<TAddress>(BpfMap map)
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private const int Ways = 4;
    private const int CookieBytes = sizeof(ulong) * Ways;

    /// <summary>How many entries there is room for.</summary>
    internal int Capacity => map.MaxEntries * Ways;

    /// <summary>How many entries there are. Any thread may call.</summary>
    /// <exception cref="BpfException">The kernel refused, or cannot read many at once.</exception>
    internal int Count()
    {
        var (reader, count) = (new BatchReader(map), 0);
        while (reader.Read())
        {
            for (var bucket = reader.Values; !bucket.IsEmpty; bucket = bucket[map.ValueSize..])
            {
                count += Ways - MemoryMarshal.Cast<byte, ulong>(bucket[..CookieBytes]).Count(0UL);
            }
        }

        return count;
    }

    /// <summary>The entries of sockets that are there. The programs go on meanwhile: one that just changes may be torn.</summary>
    internal IEnumerable<SocketEntryValue<TAddress>> Entries()
    {
        var bucket = new byte[map.ValueSize];
        for (var index = 0; index < map.MaxEntries; index++)
        {
            map.Read(index, bucket);
            for (var way = 0; way < Ways; way++)
            {
                if (MemoryMarshal.Read<ulong>(bucket.AsSpan(way * sizeof(ulong))) != 0)
                {
                    yield return MemoryMarshal.Read<SocketEntryValue<TAddress>>(
                        bucket.AsSpan(CookieBytes + way * Unsafe.SizeOf<SocketEntryValue<TAddress>>()));
                }
            }
        }
    }
}
