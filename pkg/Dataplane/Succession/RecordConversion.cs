using KubeProxyNext.Bpf;

namespace KubeProxyNext.Dataplane.Succession;

/// <summary>
/// Copies what two layouts of a record have in common, by the names of its scalars: what a build has called otherwise, or has not known, is
/// zero. Who gives a field another meaning gives it another name.
/// </summary>
internal sealed class RecordConversion
{
    private readonly (int From, int To, int Length)[] _runs;
    private readonly int _fromSize;

    /// <param name="from">What is read; one without types is taken for the other.</param>
    /// <param name="to">What is written.</param>
    internal RecordConversion(BtfLayout from, BtfLayout to)
    {
        _fromSize = from.Size > 0 ? from.Size : to.Size;
        Size = to.Size;
        _runs = from.Size > 0 ? [.. RunsOf(from, to)] : [(0, 0, to.Size)];
    }

    /// <summary>Of what is written, in bytes.</summary>
    internal int Size { get; }

    /// <param name="from">One record.</param>
    /// <param name="to">Room for one; what was in it is lost.</param>
    internal void Convert(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from = from[.._fromSize];
        to[..Size].Clear();
        foreach (var run in _runs)
        {
            from.Slice(run.From, run.Length).CopyTo(to[run.To..]);
        }
    }

    // Numbers that have become wider or narrower keep their lower bytes, which come first: programs run where the lowest byte does
    // (x86, arm64, riscv). Neighbours on both sides are copied together.
    private static List<(int From, int To, int Length)> RunsOf(BtfLayout from, BtfLayout to)
    {
        var known = from.Leaves.ToDictionary(leaf => leaf.Name);
        var runs = new List<(int From, int To, int Length)>();
        foreach (var leaf in to.Leaves)
        {
            if (!known.TryGetValue(leaf.Name, out var source))
            {
                continue;
            }

            var length = Math.Min(source.Size, leaf.Size);
            if (runs.Count > 0 && runs[^1] is var last && last.From + last.Length == source.Offset && last.To + last.Length == leaf.Offset)
            {
                runs[^1] = last with { Length = last.Length + length };
            }
            else
            {
                runs.Add((source.Offset, leaf.Offset, length));
            }
        }

        return runs;
    }
}
