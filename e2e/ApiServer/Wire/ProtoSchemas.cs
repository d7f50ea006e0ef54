using static KubeProxyNext.ApiServer.Wire.ProtoPresence;

namespace KubeProxyNext.ApiServer.Wire;

/// <summary>The four kinds, with the field numbers of the <c>generated.proto</c> files of k8s.io/api, release 1.36.</summary>
internal static partial class ProtoSchemas
{
    private static readonly ProtoMessage Service = new(
        Message(1, "metadata", ObjectMeta),
        Message(2, "spec", new(
            Message(1, "ports", ServicePort, Repeated),
            Text(2, "selector", Map),
            Text(3, "clusterIP"),
            Text(4, "type"),
            Text(5, "externalIPs", Repeated),
            Text(7, "sessionAffinity"),
            Text(8, "loadBalancerIP"),
            Text(9, "loadBalancerSourceRanges", Repeated),
            Text(10, "externalName"),
            Text(11, "externalTrafficPolicy"),
            Number(12, "healthCheckNodePort"),
            Boolean(13, "publishNotReadyAddresses"),
            Message(14, "sessionAffinityConfig", SessionAffinityConfig, Optional),
            Text(17, "ipFamilyPolicy", Optional),
            Text(18, "clusterIPs", Repeated),
            Text(19, "ipFamilies", Repeated),
            Boolean(20, "allocateLoadBalancerNodePorts", Optional),
            Text(21, "loadBalancerClass", Optional),
            Text(22, "internalTrafficPolicy", Optional),
            Text(23, "trafficDistribution", Optional))),
        Message(3, "status", new(
            Message(1, "loadBalancer", new(Message(1, "ingress", LoadBalancerIngress, Repeated))),
            Message(2, "conditions", Condition, Repeated))));

    private static readonly ProtoMessage EndpointSlice = new(
        Message(1, "metadata", ObjectMeta),
        Message(2, "endpoints", Endpoint, Repeated),
        Message(3, "ports", new(
            Text(1, "name", Optional),
            Text(2, "protocol", Optional),
            Number(3, "port", Optional),
            Text(4, "appProtocol", Optional)), Repeated),
        Text(4, "addressType"));

    private static readonly ProtoMessage Node = new(
        Message(1, "metadata", ObjectMeta),
        Message(2, "spec", new(
            Text(1, "podCIDR"),
            Text(2, "externalID"),
            Text(3, "providerID"),
            Boolean(4, "unschedulable"),
            Message(5, "taints", Taint, Repeated),
            Text(7, "podCIDRs", Repeated))),
        Message(3, "status", NodeStatus));

    private static readonly ProtoMessage ServiceCidr = new(
        Message(1, "metadata", ObjectMeta),
        Message(2, "spec", new(Text(1, "cidrs", Repeated))),
        Message(3, "status", new(Message(1, "conditions", Condition, Repeated))));

    /// <summary><c>meta.v1.Status</c>.</summary>
    public static readonly ProtoMessage Status = new(
        Message(1, "metadata", ListMeta),
        Text(2, "status"),
        Text(3, "message"),
        Text(4, "reason"),
        Message(5, "details", new(
            Text(1, "name"),
            Text(2, "group"),
            Text(3, "kind"),
            Message(4, "causes", new(Text(1, "reason"), Text(2, "message"), Text(3, "field")), Repeated),
            Number(5, "retryAfterSeconds"),
            Text(6, "uid")), Optional),
        Number(6, "code"));

    public static ProtoMessage For(ApiResource resource) => resource.Kind switch
    {
        "Service" => Service,
        "EndpointSlice" => EndpointSlice,
        "Node" => Node,
        _ => ServiceCidr,
    };

    private static ProtoField Text(int number, string name, ProtoPresence presence = Always) => new(number, name, ProtoKind.Text, presence);

    private static ProtoField Number(int number, string name, ProtoPresence presence = Always) =>
        new(number, name, ProtoKind.Number, presence);

    private static ProtoField Boolean(int number, string name, ProtoPresence presence = Always) =>
        new(number, name, ProtoKind.Boolean, presence);

    private static ProtoField Time(int number, string name, ProtoPresence presence = Always) => new(number, name, ProtoKind.Time, presence);

    private static ProtoField Message(int number, string name, ProtoMessage message, ProtoPresence presence = Always) =>
        new(number, name, ProtoKind.Message, presence, message);
}
