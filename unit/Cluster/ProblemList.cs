using KubeProxyNext.Cluster.Problems;

namespace KubeProxyNext.Unit.Cluster;

/// <summary>Keeps the problems that are reported to it.</summary>
internal sealed class ProblemList : IProblemSink
{
    private readonly List<InputProblem> _problems = [];

    /// <summary>As <c>spec.ports[0].port BadPort</c>.</summary>
    public IEnumerable<string> Texts => _problems.Select(problem => $"{problem.Field} {problem.Reason}".TrimStart());

    public void Report(InputProblem problem) => _problems.Add(problem);
}
