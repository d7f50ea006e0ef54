using KubeProxyNext.Cluster.Problems;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster.Folder;

/// <summary>Says problems of one manifest with file and line.</summary>
internal sealed class ManifestProblems(string path, Manifest manifest, InputProblems problems, ILogger logger) : IProblemSink
{
    public void Report(InputProblem problem)
    {
        problems.Count(problem);
        logger.Unusable(
            path,
            manifest.LineOf(problem.Field),
            problem.Resource,
            InputProblems.NameOf(manifest.Name),
            InputProblems.FieldOf(problem),
            InputProblems.Describe(problem.Reason),
            InputProblems.DetailOf(problem));
    }

    public void Count(in InputProblem problem) => problems.Count(problem);
}
