using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Dataplane.Succession;

/// <summary>
/// Carries over what programs write: what sockets are connected to, the clients' affinities, and all that is counted. What a map holds that
/// old and new programs share stays where it is.
/// </summary>
/// <param name="former">The maps that ours take the place of.</param>
/// <param name="loaded">The loaded socket programs with the new maps.</param>
/// <param name="carry">Opened and loaded with them.</param>
internal sealed class CarryOver(FormerMaps former, BpfObject loaded, CarryObject carry) : IDisposable
{
    // SOCKET_BUSY.
    private const ulong Busy = ulong.MaxValue;

    // Where live counts are by the former maps, if they are part of the sum. Asked for each backend there may be, so looked up once.
    private readonly Lazy<(PinnedMap Map, int LiveOffset)?> _counted = new(() =>
        former.FindOther(loaded.Map("sockets")) is null && former.FindOther(loaded.Map("backends")) is { } map
            ? (map, FormerMaps.TypesOf(map, loaded.Map("backends"), loaded.Btf).LayoutOf("backend")!.Leaves.Single(leaf => leaf.Name == "live").Offset)
            : null);

    private delegate void SocketReader(ulong cookie, ReadOnlySpan<byte> entry);

    /// <summary>
    /// Whether old and new programs are to hear of the end of a socket for as long as both are at work, and to be asked whom it has dialled: each
    /// knows its own table.
    /// </summary>
    internal bool HasOwnSockets { get; } = former.FindOther(loaded.Map("sockets")) is not null;

    /// <summary>What the new programs must not be without; what they know by a newer connect is left as it is.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal void Carry()
    {
        CarryAffinities();
        CarrySockets();
    }

    /// <summary>For after that, and a grace period: no program works on the former maps any more, save for ends of sockets.</summary>
    /// <param name="backends">Of the new maps.</param>
    /// <exception cref="BpfException">The kernel refused; what is carried over by then is not so again.</exception>
    internal void End(MappedArray<BackendValue> backends)
    {
        CarryAffinities();
        former.Remove("affinities");
        if (HasOwnSockets)
        {
            CarrySockets();
        }
        else
        {
            CarryLive(backends);
        }

        CarryServiceCounters();
        former.Remove("service_counters");
        CarryTraffic();
        former.Remove("service_traffic");
        CarryCounters();
        former.Remove("counters");
    }

    /// <summary>For when the former programs do not hear of ends of sockets any more either, and a grace period after that.</summary>
    /// <param name="backends">Of the new maps.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal void EndSockets(MappedArray<BackendValue> backends)
    {
        // Where both tables count for the same backends, what is left in the former one counts no more.
        if (former.FindOther(loaded.Map("sockets")) is { } map && former.FindOther(loaded.Map("backends")) is null)
        {
            EachSocket(map, (_, entry) => Interlocked.Decrement(ref backends[(int)MemoryMarshal.Read<uint>(entry[BackendOffset..])].Live));
        }

        former.Remove("sockets");
        former.Remove("backends");
    }

    /// <summary>How many sockets are at a backend by the former maps; those of the new ones come to that.</summary>
    internal uint LiveOf(uint backend)
    {
        if (_counted.Value is not { } counted || backend >= counted.Map.MaxEntries)
        {
            return 0;
        }

        Span<byte> value = stackalloc byte[counted.Map.ValueSize];
        counted.Map.Read((int)backend, value);
        return BitConverter.ToUInt32(value[counted.LiveOffset..]);
    }

    /// <summary>All that have some.</summary>
    internal IReadOnlySet<uint> FindLive()
    {
        var live = new HashSet<uint>();
        EachLive((id, _) => live.Add((uint)id));
        return live;
    }

    public void Dispose() => carry.Dispose();

    // The newest records of clients, which programs of now make, stay as they are.
    private void CarryAffinities()
    {
        if (former.FindOther(loaded.Map("affinities")) is { } map)
        {
            var now = loaded.Map("affinities");
            Records.Each(map, loaded.Btf.Layout(now.KeyType), loaded.Btf.Layout(now.ValueType), (key, value) => now.TryAdd(key, value));
        }
    }

    // Who closes meanwhile is taken out of both tables: where the former one does not know the socket any more, neither may the new one.
    private void CarrySockets()
    {
        if (former.FindOther(loaded.Map("sockets")) is not { } map)
        {
            return;
        }

        var known = new HashSet<ulong>();
        EachSocket(map, (cookie, entry) =>
        {
            byte[] socket = [.. BitConverter.GetBytes(cookie), .. entry];
            carry.CarrySocket(socket);
            known.Add(cookie);
        });
        EachSocket(map, (cookie, _) => known.Remove(cookie));
        foreach (var closed in known)
        {
            carry.ForgetSocket(closed);
        }
    }

    private int BackendOffset => loaded.Btf.LayoutOf("socket_entry")!.Leaves.Single(leaf => leaf.Name == "backend").Offset;

    private void EachSocket(PinnedMap map, SocketReader read)
    {
        var types = FormerMaps.TypesOf(map, loaded.Map("sockets"), loaded.Btf);
        var ways = new WaysOf(types, "socket_bucket", "entry", "cookie");
        var conversion = new RecordConversion(types.LayoutOf("socket_entry")!, loaded.Btf.LayoutOf("socket_entry")!);
        var entry = new byte[conversion.Size];
        Records.Each(map, (_, bucket) =>
        {
            for (var way = 0; way < ways.Count; way++)
            {
                if (BitConverter.ToUInt64(ways.Tag(bucket, way)) is var cookie and not (0 or Busy))
                {
                    conversion.Convert(ways.Entry(bucket, way), entry);
                    read(cookie, entry);
                }
            }
        });
    }

    // Both programs count up and down, each in its map: the sum of the two has been true all the time.
    private void CarryLive(MappedArray<BackendValue> backends) => EachLive((id, live) =>
    {
        if (id < backends.Count)
        {
            Interlocked.Add(ref backends[id].Live, live);
        }
    });

    private void EachLive(Action<int, uint> read)
    {
        if (_counted.Value is var (map, offset))
        {
            Records.Each(map, (key, value) =>
            {
                if (BitConverter.ToUInt32(value[offset..]) is var live and not 0)
                {
                    read(MemoryMarshal.Read<int>(key), live);
                }
            });
        }
    }

    // One array after the other, each of all service ports: one for each CPU.
    private void CarryServiceCounters()
    {
        var now = loaded.Map("service_counters");
        if (former.FindOther(now) is not { } map || former.Find("service_traffic") is not { MaxEntries: var capacity })
        {
            return;
        }

        var room = loaded.Map("service_traffic").MaxEntries;
        using var counters = new MappedArray<(ulong Connections, ulong Refused)>(now);
        Records.Each(map, loaded.Btf.Layout(now.KeyType), loaded.Btf.Layout(now.ValueType), (key, value) =>
        {
            var (cpu, id) = Math.DivRem(MemoryMarshal.Read<int>(key), capacity);
            if (id < room)
            {
                var (connections, refused) = MemoryMarshal.Read<(ulong, ulong)>(value);
                ref var counter = ref counters[cpu % (counters.Count / room) * room + id];
                Interlocked.Add(ref counter.Connections, connections);
                Interlocked.Add(ref counter.Refused, refused);
            }
        });
    }

    private void CarryTraffic()
    {
        var now = loaded.Map("service_traffic");
        if (former.FindOther(now) is { } map)
        {
            Records.Each(map, loaded.Btf.Layout(now.KeyType), loaded.Btf.Layout(now.ValueType), (key, value) =>
            {
                if (MemoryMarshal.Read<ServiceTrafficValue>(value) is var traffic && (traffic.ToBackends, traffic.ToClients) != default)
                {
                    carry.CarryTraffic(MemoryMarshal.Read<uint>(key), traffic);
                }
            });
        }
    }

    private void CarryCounters()
    {
        if (former.FindOther(loaded.Map("counters")) is { } map)
        {
            for (var counter = 0; counter < map.MaxEntries; counter++)
            {
                if (map.ReadPerCpu(counter).Aggregate(0UL, (sum, value) => sum + value) is var more and > 0)
                {
                    carry.CarryCount((uint)counter, more);
                }
            }
        }
    }
}
