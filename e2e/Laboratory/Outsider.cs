namespace KubeProxyNext.Laboratory;

/// <summary>Processes that share a pod's network and nothing else: their cgroup is below no node's.</summary>
internal sealed class Outsider : Place
{
    internal Outsider(Pod pod, string name, string cgroup)
        : base($"{pod.Name}/{name}", pod.IPv4, pod.IPv6, pod.Network, cgroup)
    {
    }
}
