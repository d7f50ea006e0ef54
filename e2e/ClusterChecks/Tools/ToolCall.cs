using System.Text.RegularExpressions;

namespace KubeProxyNext.ClusterChecks.Tools;

/// <summary>A command of docker, kind, k3d, kubectl or make.</summary>
internal sealed partial record ToolCall(string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>What it reads from standard input.</summary>
    public string? Input { get; init; }

    /// <summary>After how long it counts as hung.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>As one would type it into a shell, all of it.</summary>
    public string Script => Input is null ? ToString() : $"{this} <<'END'\n{Input.TrimEnd()}\nEND";

    /// <summary>As one would type it into a shell, without what it reads.</summary>
    public override string ToString() => string.Join(' ', Arguments.Prepend(Program).Select(Quoted));

    private static string Quoted(string word) => Plain().IsMatch(word) ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"\A[-+_./:,=@%A-Za-z0-9]+\z")]
    private static partial Regex Plain();
}
