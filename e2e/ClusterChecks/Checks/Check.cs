using KubeProxyNext.ClusterChecks.Tools;

namespace KubeProxyNext.ClusterChecks.Checks;

/// <summary>One thing that a user of the cluster would notice: a command, and what it is to print.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="From">Where the command is run.</param>
/// <param name="Command">The command, as one would type it there.</param>
/// <param name="Expected">What it is to print, in words.</param>
/// <param name="Pattern">The same as a regular expression for all of it, lines being joined by commas.</param>
internal sealed record Check(string Name, Place From, IReadOnlyList<string> Command, string Expected, string Pattern)
{
    /// <summary>What is changed first.</summary>
    public IReadOnlyList<ToolCall> Before { get; init; } = [];

    /// <summary>What is done while the command runs, which ends when this has been; such a check is tried once.</summary>
    public IReadOnlyList<ToolCall> Meanwhile { get; init; } = [];
}
