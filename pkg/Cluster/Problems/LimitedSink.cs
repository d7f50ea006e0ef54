using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Problems;

/// <summary>Passes on the first problems of an object; those after them are counted, and said all together.</summary>
internal sealed class LimitedSink(IProblemSink inner, string resource, int most) : IProblemSink
{
    private int _count;

    /// <inheritdoc/>
    public void Report(InputProblem problem)
    {
        if (++_count <= most)
        {
            inner.Report(problem);
        }
        else
        {
            inner.Count(problem);
        }
    }

    /// <inheritdoc/>
    public void Count(in InputProblem problem) => inner.Count(problem);

    /// <summary>Says how many were not said.</summary>
    public void Complete(ObjectName name)
    {
        if (_count > most)
        {
            inner.Report(new(resource, name, "", ProblemReason.MoreProblems, $"{_count - most}"));
        }
    }
}
