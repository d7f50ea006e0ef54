namespace KubeProxyNext.Unit.Programs;

/// <summary>Who dials.</summary>
/// <param name="Netns">The cookie of its network namespace.</param>
/// <param name="Bound">The address that its socket is bound to; null where it is to none.</param>
internal readonly record struct Client(ulong Netns, string? Bound = null)
{
    internal const ulong HostNetns = 1;

    /// <summary>A process of the node, or of a pod in the host's network.</summary>
    internal static readonly Client Host = new(HostNetns);

    internal static readonly Client Pod = new(2);

    internal static readonly Client OtherPod = new(3);

    internal static Client From(string address) => Pod with { Bound = address };

    public override string ToString() => Bound ?? (Netns == HostNetns ? "host" : $"pod {Netns}");
}
