using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Flows;

namespace KubeProxyNext.Dataplane.Succession;

/// <summary>
/// Carries over the flows where the table of the new packet programs is another. While the programs at devices are replaced one by one,
/// no connection begins, since its two directions would be in different tables, and none is refused: whoever asks then asks again. What
/// goes on is in both.
/// </summary>
/// <param name="former">The maps that ours take the place of.</param>
/// <param name="loaded">The loaded packet programs with the new maps.</param>
/// <param name="openCarry">Opens and loads the program that writes into the new table (bpf/carryflows.bpf.c).</param>
internal sealed class FlowCarry(FormerMaps former, BpfObject loaded, Func<BpfObject> openCarry, GracePeriod gracePeriod)
{
    // Copying what has changed takes milliseconds, and so does replacing programs. What hangs longer holds nobody up.
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(2);

    private readonly PinnedMap? _flows = former.FindOther(loaded.Map("flows"));

    /// <summary>Has the new table know what the former does, and nothing begin until the answer is disposed of. Null where it is the same table.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal IDisposable? Run()
    {
        if (_flows is not { Types: { } types })
        {
            return null;
        }

        using var carry = openCarry();
        var pass = new FlowPass(_flows, types, loaded.Btf, carry.Programs.Single());
        pass.Run();
        var hold = new Hold(former.Find("packet_settings"));
        gracePeriod.Wait();
        pass.Run();
        return hold;
    }

    /// <summary>Has programs that read these settings begin nothing.</summary>
    private sealed class Hold : IDisposable
    {
        private readonly PinnedMap? _settings;
        private readonly int? _offset;

        internal Hold(PinnedMap? settings)
        {
            _settings = settings;
            _offset = settings?.ValueLayout.Leaves.Where(leaf => leaf.Name == "held_until").Select(leaf => (int?)leaf.Offset).FirstOrDefault();
            Write(FlowClock.Now + 1 + (uint)Math.Ceiling(LongestHold / (Jiffies.Length * FlowTimeouts.JiffiesPerTick)));
        }

        public void Dispose() => Write(FlowClock.Now);

        // A build that cannot be held goes on as it is.
        private void Write(uint until)
        {
            if (_settings is { } map && _offset is { } offset)
            {
                var value = new byte[map.ValueSize];
                map.Read(0, value);
                BitConverter.TryWriteBytes(value.AsSpan(offset), until);
                map.Write(0, value);
            }
        }
    }

    /// <summary>Carries over entries: all of them the first time, and then those that have become others.</summary>
    private sealed class FlowPass
    {
        private readonly PinnedMap _flows;
        private readonly WaysOf _ways;
        private readonly RecordConversion _conversion;
        private readonly BpfProgram _program;
        private readonly byte[] _entry;
        private readonly (int Check, int TcpFlags, int Flags) _offsets;
        private readonly ulong[] _carried;

        internal FlowPass(PinnedMap flows, Btf then, Btf now, BpfProgram program)
        {
            (_flows, _program) = (flows, program);
            _ways = new(then, "flow_bucket", "entry", "tag");
            var layout = now.LayoutOf("flow_entry")!;
            _conversion = new(then.LayoutOf("flow_entry")!, layout);
            _entry = new byte[_conversion.Size];
            _offsets = (OffsetOf(layout, "flow.check"), OffsetOf(layout, "flow.tcp_flags"), OffsetOf(layout, "flow.flags"));
            _carried = new ulong[flows.MaxEntries * _ways.Count];
        }

        internal void Run() => Records.Each(_flows, (key, bucket) =>
        {
            var first = BitConverter.ToInt32(key) * _ways.Count;
            for (var way = 0; way < _ways.Count; way++)
            {
                if (!_ways.IsFree(bucket, way))
                {
                    _conversion.Convert(_ways.Entry(bucket, way), _entry);
                    Carry(first + way, BitConverter.ToUInt32(_ways.Tag(bucket, way)));
                }
            }
        });

        // What was read is of one entry if its check is the tag (bpf/lib/flow_table.h).
        private void Carry(int place, uint tag)
        {
            var check = BitConverter.ToUInt32(_entry, _offsets.Check);
            var state = (ulong)check << 32 | (ulong)BitConverter.ToUInt16(_entry, _offsets.Flags) << 8 | _entry[_offsets.TcpFlags];
            if (check == tag && _carried[place] != state)
            {
                _program.RunOn(_entry);
                _carried[place] = state;
            }
        }

        private static int OffsetOf(BtfLayout layout, string field) => layout.Leaves.Single(leaf => leaf.Name == field).Offset;
    }
}
