using System.Collections.Immutable;

namespace KubeProxyNext.Unit.Dataplane.Sequences;

/// <summary>What may be met at an address at one time: one of these, where null is that nobody serves it.</summary>
/// <param name="Version">How often that changed.</param>
internal sealed record Expected(int Version, ImmutableArray<PlannedFrontend?> Any)
{
    internal static Expected Nothing { get; } = new(0, [null]);

    internal bool Allows(Func<PlannedFrontend?, bool> isMet)
    {
        foreach (var one in Any)
        {
            if (isMet(one))
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => $"version {Version}: {string.Join(" or ", Any.Select(one => one?.ToString() ?? "nothing"))}";
}
