namespace KubeProxyNext.Laboratory;

/// <summary>What the laboratory needs to know of the machine: where its cgroup2 hierarchy and its BPF file system are.</summary>
public sealed record Host(string CgroupRoot, string BpfRoot)
{
    /// <summary>Where laboratories keep their files: manifests, scripts.</summary>
    public const string StateRoot = "/run/kpn-lab";

    private const string UsualBpfRoot = "/sys/fs/bpf";

    /// <summary>Looks the machine over, and mounts the BPF file system in its usual place if it is mounted nowhere.</summary>
    /// <exception cref="LabException">Not root, or no cgroup2 hierarchy; the message says what to do.</exception>
    public static async Task<Host> FindAsync(CancellationToken cancellation)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new LabException("network namespaces and cgroups need root: run this with sudo");
        }

        var cgroup = MountOf("cgroup2") ?? throw new LabException("no cgroup2 hierarchy is mounted: mount -t cgroup2 none /sys/fs/cgroup/unified");
        var bpf = MountOf("bpf");
        if (bpf is null)
        {
            await Command.RunAsync("mount", ["-t", "bpf", "bpf", UsualBpfRoot], cancellation: cancellation);
        }

        return new(cgroup, bpf ?? UsualBpfRoot);
    }

    /// <summary>The first place where a file system of this type is mounted, from <c>/proc/mounts</c>.</summary>
    private static string? MountOf(string type) => File.ReadLines("/proc/mounts")
        .Select(line => line.Split(' '))
        .FirstOrDefault(fields => fields[2] == type)?[1];
}
