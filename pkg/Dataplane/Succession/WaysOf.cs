using KubeProxyNext.Bpf;

namespace KubeProxyNext.Dataplane.Succession;

/// <summary>Finds entries in the buckets of a set-associative table, as its own types say where they are.</summary>
/// <param name="types">The types that the table was made with.</param>
/// <param name="bucket">The name of its struct for buckets.</param>
/// <param name="entries">The bucket's array of entries.</param>
/// <param name="tags">The bucket's array of what is zero where a way is free.</param>
internal sealed class WaysOf(Btf types, string bucket, string entries, string tags)
{
    private readonly BtfField _entries = types.Struct(bucket)!.Single(field => field.Name == entries);
    private readonly BtfField _tags = types.Struct(bucket)!.Single(field => field.Name == tags);
    private readonly int _tagSize = types.LayoutOf(bucket)!.Leaves.First(leaf => leaf.Name == $"{tags}[0]").Size;

    internal int Count => _tags.Size / _tagSize;

    private int EntrySize => _entries.Size / Count;

    /// <summary>Whether nothing is in the way.</summary>
    internal bool IsFree(ReadOnlySpan<byte> bucket, int way) => !Tag(bucket, way).ContainsAnyExcept((byte)0);

    internal ReadOnlySpan<byte> Tag(ReadOnlySpan<byte> bucket, int way) => bucket.Slice(_tags.Offset + way * _tagSize, _tagSize);

    internal ReadOnlySpan<byte> Entry(ReadOnlySpan<byte> bucket, int way) => bucket.Slice(_entries.Offset + way * EntrySize, EntrySize);
}
