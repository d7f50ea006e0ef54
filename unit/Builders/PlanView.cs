using KubeProxyNext.Model;
using KubeProxyNext.Planning;

namespace KubeProxyNext.Unit.Builders;

/// <summary>
/// Plans, asked as a client would: what answers at this address? That is the backends, <c>10.0.1.5:8080 10.0.2.5:8080</c>,
/// <c>reject</c> or <c>drop</c> where there is none, and <c>untouched</c> where there is no frontend.
/// </summary>
public sealed class PlanView(IEnumerable<ServicePlan> plans)
{
    private readonly Dictionary<FrontendAddress, (ServicePortPlan Port, Frontend Frontend)> _frontends = plans
        .SelectMany(plan => plan.Ports)
        .SelectMany(port => port.Frontends, (port, frontend) => (Port: port, Frontend: frontend))
        .ToDictionary(item => item.Frontend.Address);

    /// <summary>What a client on this node meets. A NodePort is asked for at the zero address.</summary>
    public string this[string address] => Answer(address, frontend => frontend.Internal);

    public IEnumerable<FrontendAddress> Addresses => _frontends.Keys;

    /// <summary>What a planner that has seen nothing before makes of the cluster.</summary>
    public static PlanView Of(IReadOnlyList<ServiceSnapshot> cluster, NodeConfig node) => new(new Planner().Plan(cluster, node).Plans);

    /// <summary>What a client from outside meets.</summary>
    public string FromOutside(string address) => Answer(address, frontend => frontend.External);

    public FrontendKind KindOf(string address) => _frontends[Text.Address(address)].Frontend.Kind;

    /// <summary>The port that answers at the address.</summary>
    public ServicePortPlan PortAt(string address) => _frontends[Text.Address(address)].Port;

    private string Answer(string address, Func<Frontend, TrafficPolicy> policy) =>
        _frontends.TryGetValue(Text.Address(address), out var found)
            ? Describe(found.Port.Sets.Single(set => set.Policy == policy(found.Frontend)))
            : "untouched";

    private static string Describe(BackendSet set) =>
        set.Backends.IsEmpty ? set.IfEmpty.ToString().ToLowerInvariant() : string.Join(' ', set.Backends);
}
