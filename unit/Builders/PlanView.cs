using KubeProxyNext.Model;
using KubeProxyNext.Planning;

namespace KubeProxyNext.Unit.Builders;

/// <summary>Plans, asked as a client would: what answers at this address?</summary>
public sealed class PlanView(IEnumerable<ServicePlan> plans)
{
    private readonly Dictionary<FrontendAddress, string> _answers = plans
        .SelectMany(plan => plan.Ports)
        .SelectMany(port => port.Frontends, (port, frontend) => (frontend.Address, Set: port.Sets.Single(set => set.Policy == frontend.Internal)))
        .ToDictionary(answer => answer.Address, answer => Describe(answer.Set));

    /// <summary>The backends, <c>10.0.1.5:8080 10.0.2.5:8080</c>; <c>reject</c> or <c>drop</c> where there is none; <c>untouched</c> where there is no frontend.</summary>
    public string this[string address] => _answers.GetValueOrDefault(Text.Address(address), "untouched");

    public IEnumerable<FrontendAddress> Addresses => _answers.Keys;

    /// <summary>What a planner that has seen nothing before makes of the cluster.</summary>
    public static PlanView Of(IReadOnlyList<ServiceSnapshot> cluster, NodeConfig node) => new(new Planner().Plan(cluster, node).Plans);

    private static string Describe(BackendSet set) =>
        set.Backends.IsEmpty ? set.IfEmpty.ToString().ToLowerInvariant() : string.Join(' ', set.Backends);
}
