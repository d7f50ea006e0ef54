using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary>
/// An entry of <c>sets</c>: one u64 with the number of slots in the upper half and the first slot in the lower, or, without
/// slots, what a client meets (<c>enum no_backend</c> in bpf/lib/types.h).
/// </summary>
internal readonly record struct SetValue(ulong Raw)
{
    internal SetValue(SlotRange range, NoBackendVerdict ifEmpty)
        : this((ulong)range.Count << 32 | (range.Count == 0 ? (uint)ifEmpty : (uint)range.First))
    {
    }

    internal SlotRange Range => (int)(Raw >> 32) is var count && count > 0 ? new((int)(uint)Raw, count) : default;

    internal NoBackendVerdict IfEmpty => Raw == (ulong)NoBackendVerdict.Drop ? NoBackendVerdict.Drop : NoBackendVerdict.Reject;
}

/// <summary>Consecutive entries of <c>slots</c>.</summary>
internal readonly record struct SlotRange(int First, int Count);
