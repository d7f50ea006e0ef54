namespace KubeProxyNext.Laboratory;

/// <summary>A place whose cgroup is below no node's: a host outside, or processes that share another place's network and nothing else.</summary>
internal sealed class PlainPlace : Place
{
    internal PlainPlace(string name, (string V4, string V6) address, NetworkNamespace network, string labCgroup, string cgroup)
        : base(name, address.V4, address.V6, network, $"{labCgroup}/{cgroup}") => LabCgroup = labCgroup;

    internal override string LabCgroup { get; }
}
