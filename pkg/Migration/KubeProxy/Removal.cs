namespace KubeProxyNext.Migration.KubeProxy;

/// <summary>What became of kube-proxy's leftovers, in lines for people.</summary>
/// <param name="Removed">What went.</param>
/// <param name="Kept">What stays since others use it.</param>
/// <param name="Left">What is there still, by the word of the kernel: for want of a tool, or since that failed.</param>
/// <param name="Failed">What could not be removed, and why.</param>
public sealed record Removal(IReadOnlyList<string> Removed, IReadOnlyList<string> Kept, IReadOnlyList<string> Left, IReadOnlyList<string> Failed);
