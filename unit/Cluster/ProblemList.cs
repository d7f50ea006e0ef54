using KubeProxyNext.Cluster.Problems;

namespace KubeProxyNext.Unit.Cluster;

/// <summary>Keeps the problems that are reported to it.</summary>
internal sealed class ProblemList : IProblemSink
{
    private readonly List<InputProblem> _problems = [];

    /// <summary>As <c>spec.ports[0].port BadPort</c>.</summary>
    public IEnumerable<string> Texts => _problems.Select(problem => $"{problem.Field} {problem.Reason}".TrimStart());

    /// <summary>Those that were counted without a word.</summary>
    public int Counted { get; private set; }

    public void Report(InputProblem problem) => _problems.Add(problem);

    public void Count(in InputProblem problem) => Counted++;
}
