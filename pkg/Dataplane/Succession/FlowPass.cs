using KubeProxyNext.Bpf;

namespace KubeProxyNext.Dataplane.Succession;

/// <summary>
/// Carries over entries: all of them the first time, and then those that have become others; what is gone goes. What was reset comes last, so
/// that in a full table its other direction, which may not have seen that, is there to be told.
/// </summary>
internal sealed class FlowPass : IDisposable
{
    // By these an entry has become another although its key is the same: a client's port is soon used again, and what it dials then may end
    // as the connection before did.
    private static readonly string[] Telling = ["flow.to.", "flow.flags", "flow.tcp_flags", "flow.service", "flow.backend", "flow.generation", "flow.masquerade"];

    // TCP_RST, and what is like it in SCTP (bpf/lib/flow.h).
    private const byte Reset = 0x04;

    private readonly PinnedMap _flows;
    private readonly BpfObject _carry;
    private readonly WaysOf _ways;
    private readonly RecordConversion _conversion;
    private readonly byte[] _entry;
    private readonly int _keySize;
    private readonly int _check;
    private readonly int _tcpFlags;
    private readonly (int Offset, int Size)[] _telling;
    private readonly ulong[] _carried;
    private readonly List<byte[]> _reset = [];
    private Dictionary<int, byte[]> _keys = [];

    internal FlowPass(PinnedMap flows, Btf then, BpfObject now, BpfObject carry)
    {
        (_flows, _carry) = (flows, carry);
        _ways = new(then, "flow_bucket", "entry", "tag");
        var layout = now.Btf.LayoutOf("flow_entry")!;
        _conversion = new(then.LayoutOf("flow_entry")!, layout);
        _entry = new byte[_conversion.Size];
        _keySize = now.Btf.StructSize("flow_key")!.Value;
        _check = layout.Leaves.Single(leaf => leaf.Name == "flow.check").Offset;
        _tcpFlags = layout.Leaves.Single(leaf => leaf.Name == "flow.tcp_flags").Offset;
        _telling = [.. layout.Leaves.Where(leaf => Telling.Any(leaf.Name.StartsWith)).Select(leaf => (leaf.Offset, leaf.Size))];
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
        _reset.ForEach(entry => changed.RunOn(entry));
        _reset.Clear();
        Forget(former);
    }

    // What was read is of one entry if its check is the tag (bpf/lib/flow_table.h).
    private void Take(int place, uint tag, BpfProgram changed, Dictionary<int, byte[]> former)
    {
        var check = BitConverter.ToUInt32(_entry, _check);
        if (check != tag)
        {
            return;
        }

        var state = (ulong)check << 32 | (uint)StateOf(_entry);
        if (_carried[place] != state)
        {
            Write(changed);
        }

        // The same check at the same place is the same key, save once in billions.
        _keys[place] = _carried[place] >> 32 == check && former.Remove(place, out var known) ? known : _entry[.._keySize];
        _carried[place] = state;
    }

    private void Write(BpfProgram changed)
    {
        if ((_entry[_tcpFlags] & Reset) != 0)
        {
            _reset.Add([.. _entry]);
        }
        else
        {
            changed.RunOn(_entry);
        }
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

    private int StateOf(byte[] entry)
    {
        var hash = default(HashCode);
        foreach (var (offset, size) in _telling)
        {
            hash.AddBytes(entry.AsSpan(offset, size));
        }

        return hash.ToHashCode();
    }

    private static int HashOf(byte[] key)
    {
        var hash = default(HashCode);
        hash.AddBytes(key);
        return hash.ToHashCode();
    }

    private BpfProgram Program(string name) => _carry.Programs.Single(program => program.Name == name);
}
