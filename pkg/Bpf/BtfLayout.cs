using System.Globalization;

namespace KubeProxyNext.Bpf;

/// <summary>What a value in memory is made of.</summary>
/// <param name="Size">In bytes.</param>
/// <param name="Leaves">Its scalars, by their paths: <c>entry[2].key.sport</c>. A scalar by itself has the empty path.</param>
public sealed record BtfLayout(int Size, IReadOnlyList<BtfField> Leaves)
{
    /// <summary>Equal where size, names, places and sizes of all scalars are.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Size} {string.Join(' ', Leaves.Select(leaf => $"{leaf.Name}:{leaf.Offset}+{leaf.Size}"))}");
}
