using static KubeProxyNext.ApiServer.Wire.ProtoPresence;

namespace KubeProxyNext.ApiServer.Wire;

/// <summary>The messages that the kinds are made of. They are properties: static fields of two files have no order among them.</summary>
internal static partial class ProtoSchemas
{
    private static ProtoMessage ObjectMeta => new(
        Text(1, "name"),
        Text(2, "generateName"),
        Text(3, "namespace"),
        Text(4, "selfLink"),
        Text(5, "uid"),
        Text(6, "resourceVersion"),
        Number(7, "generation"),
        Time(8, "creationTimestamp"),
        Time(9, "deletionTimestamp", Optional),
        Number(10, "deletionGracePeriodSeconds", Optional),
        Text(11, "labels", Map),
        Text(12, "annotations", Map),
        Message(13, "ownerReferences", OwnerReference, Repeated),
        Text(14, "finalizers", Repeated),
        Message(17, "managedFields", ManagedFields, Repeated));

    private static ProtoMessage OwnerReference => new(
        Text(1, "kind"),
        Text(3, "name"),
        Text(4, "uid"),
        Text(5, "apiVersion"),
        Boolean(6, "controller", Optional),
        Boolean(7, "blockOwnerDeletion", Optional));

    private static ProtoMessage ManagedFields => new(
        Text(1, "manager"),
        Text(2, "operation"),
        Text(3, "apiVersion"),
        Time(4, "time", Optional),
        Text(6, "fieldsType"),
        new ProtoField(7, "fieldsV1", ProtoKind.RawJson, Optional),
        Text(8, "subresource"));

    private static ProtoMessage ListMeta => new(
        Text(1, "selfLink"),
        Text(2, "resourceVersion"),
        Text(3, "continue"),
        Number(4, "remainingItemCount", Optional));

    private static ProtoMessage ServicePort => new(
        Text(1, "name"),
        Text(2, "protocol"),
        Number(3, "port"),
        new ProtoField(4, "targetPort", ProtoKind.IntOrString, Always),
        Number(5, "nodePort"),
        Text(6, "appProtocol", Optional));

    private static ProtoMessage SessionAffinityConfig => new(
        Message(1, "clientIP", new(Number(1, "timeoutSeconds", Optional)), Optional));

    private static ProtoMessage LoadBalancerIngress => new(
        Text(1, "ip"),
        Text(2, "hostname"),
        Text(3, "ipMode", Optional),
        Message(4, "ports", new(Number(1, "port"), Text(2, "protocol"), Text(3, "error", Optional)), Repeated));

    private static ProtoMessage Condition => new(
        Text(1, "type"),
        Text(2, "status"),
        Number(3, "observedGeneration"),
        Time(4, "lastTransitionTime"),
        Text(5, "reason"),
        Text(6, "message"));

    private static ProtoMessage Endpoint => new(
        Text(1, "addresses", Repeated),
        Message(2, "conditions", new(
            Boolean(1, "ready", Optional),
            Boolean(2, "serving", Optional),
            Boolean(3, "terminating", Optional))),
        Text(3, "hostname", Optional),
        Message(4, "targetRef", ObjectReference, Optional),
        Text(5, "deprecatedTopology", Map),
        Text(6, "nodeName", Optional),
        Text(7, "zone", Optional),
        Message(8, "hints", new(
            Message(1, "forZones", new(Text(1, "name")), Repeated),
            Message(2, "forNodes", new(Text(1, "name")), Repeated)), Optional));

    private static ProtoMessage ObjectReference => new(
        Text(1, "kind"),
        Text(2, "namespace"),
        Text(3, "name"),
        Text(4, "uid"),
        Text(5, "apiVersion"),
        Text(6, "resourceVersion"),
        Text(7, "fieldPath"));

    private static ProtoMessage Taint => new(
        Text(1, "key"),
        Text(2, "value"),
        Text(3, "effect"),
        Time(4, "timeAdded", Optional));

    private static ProtoMessage NodeStatus => new(
        new ProtoField(1, "capacity", ProtoKind.Quantity, Map),
        new ProtoField(2, "allocatable", ProtoKind.Quantity, Map),
        Text(3, "phase"),
        Message(4, "conditions", NodeCondition, Repeated),
        Message(5, "addresses", new(Text(1, "type"), Text(2, "address")), Repeated),
        Message(6, "daemonEndpoints", new(Message(1, "kubeletEndpoint", new(Number(1, "Port"))))),
        Message(7, "nodeInfo", NodeInfo),
        Message(8, "images", new(Text(1, "names", Repeated), Number(2, "sizeBytes")), Repeated),
        Text(9, "volumesInUse", Repeated),
        Message(10, "volumesAttached", new(Text(1, "name"), Text(2, "devicePath")), Repeated));

    private static ProtoMessage NodeCondition => new(
        Text(1, "type"),
        Text(2, "status"),
        Time(3, "lastHeartbeatTime"),
        Time(4, "lastTransitionTime"),
        Text(5, "reason"),
        Text(6, "message"));

    private static ProtoMessage NodeInfo => new(
        Text(1, "machineID"),
        Text(2, "systemUUID"),
        Text(3, "bootID"),
        Text(4, "kernelVersion"),
        Text(5, "osImage"),
        Text(6, "containerRuntimeVersion"),
        Text(7, "kubeletVersion"),
        Text(8, "kubeProxyVersion"),
        Text(9, "operatingSystem"),
        Text(10, "architecture"));
}
