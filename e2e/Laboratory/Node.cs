namespace KubeProxyNext.Laboratory;

/// <summary>
/// A node: a network namespace in which the host's own processes and hostNetwork pods run, with the bridge of its pods, and a cgroup above those of
/// all its pods.
/// </summary>
public sealed class Node : Place
{
    internal Node(Lab lab, string name, (string V4, string V6) address, NetworkNamespace network, string cgroup)
        : base(name, address.V4, address.V6, network, $"{cgroup}/host")
    {
        (NodeCgroup, BpfFolder) = (cgroup, $"{lab.Host.BpfRoot}/{lab.Id}/{name}");
    }

    /// <summary>The cgroup of everything on the node, to which the hooks are attached.</summary>
    public string NodeCgroup { get; }

    /// <summary>The folder in the BPF file system for what the node's daemon pins. The daemon makes it.</summary>
    public string BpfFolder { get; }

    public IReadOnlyList<Pod> Pods { get; internal set; } = [];

    internal override Node Surroundings => this;
}
