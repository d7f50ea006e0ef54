using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>What is to be done after a change.</summary>
/// <param name="Plans">
/// The whole new plan of each Service that is affected, each once; without ports where there is nothing (left) to do. When an
/// address passes from one Service to another, who gets it comes before who loses it, so that the address always has somebody:
/// whoever carries the plans out takes a frontend away only while it is still that Service's own.
/// </param>
/// <param name="Problems">What came up with this change, sorted by Service, then kind.</param>
public sealed record PlanningResult(IReadOnlyList<ServicePlan> Plans, IReadOnlyList<PlanningProblem> Problems);
