using System.Diagnostics.Metrics;
using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster.Problems;

/// <summary>
/// Where all that is wrong in the input is said and counted: one log line each, and the counter
/// <c>kube_proxy_next_input_problems_total</c> by resource and reason.
/// </summary>
/// <param name="meter">Makes the counter.</param>
public sealed class InputProblems(ILogger<InputProblems> logger, Meter meter) : IProblemSink
{
    private readonly Counter<long> _count = meter.CreateCounter<long>(
        "kube_proxy_next_input_problems_total", description: "Objects, or parts of them, that were left out because they cannot be used, by resource and reason.");

    // Of what somebody wrote so much is said that it can be found.
    private const int LongestDetail = 200;

    void IProblemSink.Report(InputProblem problem)
    {
        Count(problem);
        logger.LeftOut(problem.Resource, NameOf(problem.Name), FieldOf(problem), Describe(problem.Reason), DetailOf(problem));
    }

    void IProblemSink.Count(in InputProblem problem) => Count(problem);

    /// <summary>Counts without a word; for whoever says it better.</summary>
    internal void Count(in InputProblem problem) =>
        _count.Add(1, new("resource", problem.Resource), new("reason", Tag(problem.Reason)));

    internal static string FieldOf(in InputProblem problem) => problem.Field.Length == 0 ? "the object" : problem.Field;

    internal static string DetailOf(in InputProblem problem) =>
        problem.Detail.Length <= LongestDetail ? problem.Detail : $"{problem.Detail[..LongestDetail]}...";

    internal static string NameOf(ObjectName name) => (name.Namespace, name.Name) switch
    {
        (null or "", null or "") => "(no name)",
        (null or "", _) => name.Name,
        _ => name.ToString(),
    };

    internal static string Describe(ProblemReason reason) => reason switch
    {
        ProblemReason.Undecodable => "cannot be decoded",
        ProblemReason.MissingName => "has no name",
        ProblemReason.MissingAddress => "has no address",
        ProblemReason.BadAddress => "is not an IP address or range",
        ProblemReason.SpecialAddress => "is unspecified, loopback or multicast",
        ProblemReason.WrongFamily => "is of the other IP family",
        ProblemReason.MissingPort => "has no port number",
        ProblemReason.BadPort => "is not a port number",
        ProblemReason.MissingPortName => "has no name",
        ProblemReason.BadProtocol => "is not TCP, UDP or SCTP",
        ProblemReason.TooLarge => "is too large, in bytes",
        ProblemReason.TooLong => "is too long, in characters",
        ProblemReason.TooMany => "has too many entries; those after them are left out",
        ProblemReason.MoreProblems => "has more problems than these",
        ProblemReason.BadAddressType => "is neither IPv4 nor IPv6",
        _ => "is not a value of the API",
    };

    private static string Tag(ProblemReason reason) => reason switch
    {
        ProblemReason.Undecodable => "undecodable",
        ProblemReason.MissingName => "missing_name",
        ProblemReason.MissingAddress => "missing_address",
        ProblemReason.BadAddress => "bad_address",
        ProblemReason.SpecialAddress => "special_address",
        ProblemReason.WrongFamily => "wrong_family",
        ProblemReason.MissingPort => "missing_port",
        ProblemReason.BadPort => "bad_port",
        ProblemReason.MissingPortName => "missing_port_name",
        ProblemReason.BadProtocol => "bad_protocol",
        ProblemReason.BadAddressType => "bad_address_type",
        ProblemReason.TooLarge => "too_large",
        ProblemReason.TooLong => "too_long",
        ProblemReason.TooMany => "too_many",
        ProblemReason.MoreProblems => "more_problems",
        _ => "bad_value",
    };
}
