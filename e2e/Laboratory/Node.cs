namespace KubeProxyNext.Laboratory;

/// <summary>
/// A node: a network namespace in which the host's own processes and hostNetwork pods run, with the bridge of its pods, and a cgroup above those of
/// all its pods.
/// </summary>
public sealed class Node : Place
{
    internal Node(Lab lab, string name, int number, NetworkNamespace network)
        : base(name, Addresses.NodeV4(number), Addresses.NodeV6(number), network, $"{lab.Cgroup}/{name}/host")
    {
        (LabCgroup, BpfFolder) = (lab.Cgroup, $"{lab.Host.BpfRoot}/{lab.Id}/{name}");
        (PodRangeV4, PodRangeV6) = (Addresses.PodRangeV4(number), Addresses.PodRangeV6(number));
    }

    /// <summary>The cgroup of everything on the node, to which the hooks are attached.</summary>
    public string NodeCgroup => $"{LabCgroup}/{Name}";

    /// <summary>The folder in the BPF file system for what the node's daemon pins. The daemon makes it.</summary>
    public string BpfFolder { get; }

    /// <summary>The addresses of the node's pods: its <c>podCIDR</c>.</summary>
    public string PodRangeV4 { get; }

    /// <summary>The same of IPv6.</summary>
    public string PodRangeV6 { get; }

    public IReadOnlyList<Pod> Pods { get; internal set; } = [];

    internal override string LabCgroup { get; }
}
