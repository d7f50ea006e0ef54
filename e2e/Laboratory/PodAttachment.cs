namespace KubeProxyNext.Laboratory;

/// <summary>How pods hang on their node.</summary>
public enum PodAttachment
{
    /// <summary>On one bridge, <c>cni0</c>: pods of a node are neighbours, and the bridge has the gateway's address.</summary>
    Bridge,

    /// <summary>Each by a veth device to which the node routes its address, and whose other end has the gateway's. Pods have no neighbours.</summary>
    Routed,
}
