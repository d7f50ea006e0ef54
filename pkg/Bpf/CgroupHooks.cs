namespace KubeProxyNext.Bpf;

/// <summary>The hooks of a cgroup at which calls of sockets can be changed.</summary>
public static class CgroupHooks
{
    // BPF_CGROUP_INET4_CONNECT, INET6_CONNECT, UDP4_SENDMSG, UDP6_SENDMSG, UDP4_RECVMSG, UDP6_RECVMSG, INET4_GETPEERNAME, INET6_GETPEERNAME.
    private static readonly int[] Types = [10, 11, 14, 15, 19, 20, 29, 30];

    /// <summary>The ids of all programs there, whoever's they are.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static IReadOnlyList<uint> Programs(CgroupHandle cgroup) => [.. Types.SelectMany(type => LoadedPrograms.ListAt(cgroup, type)).Distinct()];
}
