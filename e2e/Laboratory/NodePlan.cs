namespace KubeProxyNext.Laboratory;

/// <summary>A node to build, and the pods on it by name. Names are short words without dots or blanks, each one once in a laboratory.</summary>
public sealed record NodePlan(string Name, params IReadOnlyList<string> Pods);
