namespace KubeProxyNext.Laboratory;

/// <summary>A pod: a network namespace on its node's bridge, and a cgroup below its node's.</summary>
public sealed class Pod : Place
{
    internal Pod(Node node, string name, (string V4, string V6) address, NetworkNamespace network)
        : base(name, address.V4, address.V6, network, $"{node.NodeCgroup}/{name}") => Node = node;

    /// <summary>The node that the pod runs on.</summary>
    public Node Node { get; }

    internal override string LabCgroup => Node.LabCgroup;
}
