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
        if (_flows is null)
        {
            return null;
        }

        var types = FormerMaps.TypesOf(_flows, loaded.Map("flows"), loaded.Btf);
        var pass = new FlowPass(_flows, types, loaded, openCarry());
        pass.Carry();
        var hold = new Hold(former.Find("packet_settings"));
        gracePeriod.Wait();
        pass.Carry();
        return new Replacing(hold, pass, gracePeriod);
    }

    /// <summary>The time in which programs at devices are replaced.</summary>
    private sealed class Replacing(Hold hold, FlowPass pass, GracePeriod gracePeriod) : IDisposable
    {
        // What has ended meanwhile has done so in the former table alone.
        public void Dispose()
        {
            hold.Dispose();
            using (pass)
            {
                gracePeriod.Wait();
                pass.Merge();
            }
        }
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

    /// <summary>Carries over entries: all of them the first time, and then those that have become others; what is gone goes.</summary>
    private sealed class FlowPass : IDisposable
    {
        private readonly PinnedMap _flows;
        private readonly BpfObject _carry;
        private readonly WaysOf _ways;
        private readonly RecordConversion _conversion;
        private readonly byte[] _entry;
        private readonly int _keySize;
        private readonly (int Check, int TcpFlags, int Flags) _offsets;
        private readonly ulong[] _carried;
        private Dictionary<int, byte[]> _keys = [];

        internal FlowPass(PinnedMap flows, Btf then, BpfObject now, BpfObject carry)
        {
            (_flows, _carry) = (flows, carry);
            _ways = new(then, "flow_bucket", "entry", "tag");
            var layout = now.Btf.LayoutOf("flow_entry")!;
            _conversion = new(then.LayoutOf("flow_entry")!, layout);
            _entry = new byte[_conversion.Size];
            _keySize = now.Btf.StructSize("flow_key")!.Value;
            _offsets = (OffsetOf(layout, "flow.check"), OffsetOf(layout, "flow.tcp_flags"), OffsetOf(layout, "flow.flags"));
            _carried = new ulong[flows.MaxEntries * _ways.Count];
        }

        /// <summary>For when no program, or none that begins anything, works on the new table.</summary>
        internal void Carry() => Run(Program("carry_one_flow"));

        /// <summary>For when programs do: the new entries know better, save for what the former have seen.</summary>
        internal void Merge() => Run(Program("merge_one_flow"));

        public void Dispose() => _carry.Dispose();

        private void Run(BpfProgram changed)
        {
            var former = _keys;
            _keys = new(former.Count);
            Records.Each(_flows, (key, bucket) =>
            {
                var first = BitConverter.ToInt32(key) * _ways.Count;
                for (var way = 0; way < _ways.Count; way++)
                {
                    if (!_ways.IsFree(bucket, way))
                    {
                        _conversion.Convert(_ways.Entry(bucket, way), _entry);
                        Take(first + way, BitConverter.ToUInt32(_ways.Tag(bucket, way)), changed, former);
                    }
                }
            });
            Forget(former);
        }

        // What was read is of one entry if its check is the tag (bpf/lib/flow_table.h).
        private void Take(int place, uint tag, BpfProgram changed, Dictionary<int, byte[]> former)
        {
            var check = BitConverter.ToUInt32(_entry, _offsets.Check);
            if (check != tag)
            {
                return;
            }

            var state = (ulong)check << 32 | (ulong)BitConverter.ToUInt16(_entry, _offsets.Flags) << 8 | _entry[_offsets.TcpFlags];
            if (_carried[place] != state)
            {
                changed.RunOn(_entry);
            }

            // The same check at the same place is the same key, save once in billions.
            _keys[place] = _carried[place] >> 32 == check && former.Remove(place, out var known) ? known : _entry[.._keySize];
            _carried[place] = state;
        }

        // An entry that is gone would stay in the new table as it was; one may have come back at another place.
        private void Forget(Dictionary<int, byte[]> gone)
        {
            if (gone.Count == 0)
            {
                return;
            }

            var there = _keys.Values.Select(HashOf).ToHashSet();
            foreach (var key in gone.Values.Where(key => !there.Contains(HashOf(key))))
            {
                Program("forget_one_flow").RunOn(key);
            }
        }

        private static int HashOf(byte[] key)
        {
            var hash = default(HashCode);
            hash.AddBytes(key);
            return hash.ToHashCode();
        }

        private BpfProgram Program(string name) => _carry.Programs.Single(program => program.Name == name);

        private static int OffsetOf(BtfLayout layout, string field) => layout.Leaves.Single(leaf => leaf.Name == field).Offset;
    }
}
