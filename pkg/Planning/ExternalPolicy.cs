using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>When <c>externalTrafficPolicy</c> counts.</summary>
internal static class ExternalPolicy
{
    /// <summary>As written, where the type of the Service lets clients from outside in; otherwise <see cref="TrafficPolicy.Cluster"/> (behaviour 2).</summary>
    public static TrafficPolicy Of(Service service) => LetsOutsideIn(service) ? service.ExternalTrafficPolicy : TrafficPolicy.Cluster;

    private static bool LetsOutsideIn(Service service) => service.Type switch
    {
        ServiceType.LoadBalancer or ServiceType.NodePort => true,
        ServiceType.ClusterIP => !service.ExternalIPs.IsEmpty,
        _ => false,
    };
}
