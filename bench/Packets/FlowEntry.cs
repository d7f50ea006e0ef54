using KubeProxyNext.Bpf;

namespace KubeProxyNext.Bench.Packets;

/// <summary>One entry of the table of flows.</summary>
/// <param name="key">Where its key begins in the bucket: both addresses, then both ports.</param>
/// <param name="rewrite">Where its rewrite begins: the same, and then what they change in checksums, 4 bytes each.</param>
internal sealed class FlowEntry(BpfMap map, int bucket, int key, int rewrite, int addressSize)
{
    private const int DifferencesSize = 2 * sizeof(uint);

    private readonly byte[] _found = new byte[map.ValueSize];

    /// <summary>
    /// Has the entry make of packets what they are already, for as long as the action takes. Programs do not see that: a difference with all
    /// bits set changes no sum, and is none to be left out.
    /// </summary>
    public void WhileRewritingToItself(Action action)
    {
        map.Read(bucket, _found);
        byte[] changed = [.. _found];
        var tuple = 2 * addressSize + 2 * sizeof(ushort);
        changed.AsSpan(key, tuple).CopyTo(changed.AsSpan(rewrite));
        changed.AsSpan(rewrite + tuple, DifferencesSize).Fill(byte.MaxValue);
        map.Write(bucket, changed);
        try
        {
            action();
        }
        finally
        {
            map.Write(bucket, _found);
        }
    }
}
