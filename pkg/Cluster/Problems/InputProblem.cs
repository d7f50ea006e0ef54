using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Problems;

/// <summary>Something that a source sent and that is left out; whatever surrounds it stays in force.</summary>
/// <param name="Resource">The kind of object, as in <c>services</c>.</param>
/// <param name="Name">Default where the object has none that could be read.</param>
/// <param name="Field">Path from the object down: <c>spec.ports[0].port</c>; empty for the object as a whole.</param>
/// <param name="Detail">The value met, or what the decoder says of it.</param>
internal readonly record struct InputProblem(
    string Resource, ObjectName Name, string Field, ProblemReason Reason, string Detail);

/// <summary>Who is told of problems in the input.</summary>
internal interface IProblemSink
{
    void Report(InputProblem problem);

    /// <summary>Takes note of one without a word.</summary>
    void Count(in InputProblem problem);
}
