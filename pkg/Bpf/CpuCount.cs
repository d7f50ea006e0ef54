namespace KubeProxyNext.Bpf;

/// <summary>How many CPUs the kernel reserves room for in per-CPU maps: those that could be there, online or not.</summary>
public static class CpuCount
{
    public static int Possible { get; } = LibBpf.libbpf_num_possible_cpus();
}
