using KubeProxyNext.ClusterChecks.Tools;

namespace KubeProxyNext.ClusterChecks.Checks;

/// <summary>Where commands are run: a pod, or the container outside.</summary>
/// <param name="Enter">What the command is written behind.</param>
internal sealed record Place(string Name, ToolCall Enter)
{
    public ToolCall Run(IReadOnlyList<string> command) => Enter with { Arguments = [.. Enter.Arguments, .. command] };
}
