namespace KubeProxyNext.Bpf;

/// <summary>What a map looks like: two of the same shape hold the same things in the same places, as far as names tell what things are.</summary>
/// <param name="Type">As in <c>enum bpf_map_type</c>.</param>
/// <param name="KeySize">In bytes.</param>
/// <param name="ValueSize">In bytes, for one CPU.</param>
/// <param name="Flags">Those that it was made with.</param>
/// <param name="Key">The layout of keys as text; without types (ring buffers), that of nothing.</param>
/// <param name="Value">The layout of values as text.</param>
public sealed record MapShape(int Type, int KeySize, int ValueSize, int MaxEntries, int Flags, string Key, string Value)
{
    /// <summary>The shape of a map that an object declares, with the capacity that it has now.</summary>
    public static MapShape Of(BpfMap map, Btf types) => new(
        map.Type, map.KeySize, map.ValueSize, map.MaxEntries, map.Flags, $"{types.Layout(map.KeyType)}", $"{types.Layout(map.ValueType)}");

    /// <summary>The shape of a map that is there.</summary>
    /// <exception cref="BpfException">The kernel does not tell its types.</exception>
    public static MapShape Of(PinnedMap map) => new(
        map.Type, map.KeySize, map.ValueSize, map.MaxEntries, map.Flags, $"{map.KeyLayout}", $"{map.ValueLayout}");
}
