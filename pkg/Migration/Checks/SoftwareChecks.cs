using KubeProxyNext.Bpf;

namespace KubeProxyNext.Migration.Checks;

/// <summary>Software that does the same work.</summary>
internal static class SoftwareChecks
{
    private const string KubeProxy = "kube-proxy";

    // Of programs, and of pins in a bpffs, whose root others than us have.
    private static readonly (string Name, string[] Programs, string[] Pins, string Advice)[] Known =
    [
        ("Cilium", ["cil_"], ["cilium", "tc/globals/cilium_lb4_services_v2"],
            "set kubeProxyReplacement=false and socketLB.enabled=false for it, or do not use this here: both would choose backends"),
        ("Calico with eBPF", ["cali_", "calico_"], ["calico", "tc/globals/cali_v4_nat_fe"],
            "set bpfEnabled=false in its FelixConfiguration, or do not use this here: both would choose backends"),
    ];

    internal static IEnumerable<CheckLine> Run(string bpffs, string? cgroup)
    {
        yield return RunningKubeProxy();
        IReadOnlyList<LoadedProgram> programs;
        string? refused = null;
        try
        {
            programs = LoadedPrograms.List();
        }
        catch (BpfException error)
        {
            (programs, refused) = ([], error.Message);
        }

        if (refused is not null)
        {
            yield return CheckLine.Warning("other programs", refused, "run this as root");
        }

        var root = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(bpffs)) ?? "/";
        foreach (var software in Known)
        {
            string[] found =
            [
                .. programs.Where(program => software.Programs.Any(prefix => program.Name.StartsWith(prefix, StringComparison.Ordinal)))
                    .Select(program => $"program {program.Name}").Distinct().Take(3),
                .. software.Pins.Select(pin => Path.Combine(root, pin)).Where(Path.Exists),
            ];
            yield return found.Length == 0
                ? CheckLine.Passed(software.Name, "not there")
                : CheckLine.Failed(software.Name, string.Join(", ", found), software.Advice);
        }

        if (cgroup is not null && refused is null)
        {
            yield return OtherHooks(bpffs, cgroup, programs);
        }
    }

    private static CheckLine RunningKubeProxy()
    {
        string[] found = [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).OfType<string>().Where(name => name.All(char.IsAsciiDigit) && IsKubeProxy(name))];
        return found.Length == 0
            ? CheckLine.Passed("kube-proxy", "not running, as far as can be seen")
            : CheckLine.Warning(
                "kube-proxy", $"running, process {string.Join(", ", found)}",
                "start the daemon beside it, then remove kube-proxy (kubectl -n kube-system delete daemonset kube-proxy), then its rules");
    }

    private static bool IsKubeProxy(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm").Trim() == KubeProxy;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // Links of others at the same cgroup run one after the other, and each may refuse: what another one rewrote is looked up by its backend.
    private static CheckLine OtherHooks(string bpffs, string cgroup, IReadOnlyList<LoadedProgram> programs)
    {
        const string subject = "other programs at our hooks";
        try
        {
            using var handle = CgroupHandle.Open(cgroup);
            var ours = OwnState.Programs(bpffs);
            var names = programs.ToLookup(program => program.Id, program => program.Name);
            string[] others = [.. CgroupHooks.Programs(handle).Where(id => !ours.Contains(id)).SelectMany(id => names[id]).Distinct()];
            return others.Length == 0
                ? CheckLine.Passed(subject, "none")
                : CheckLine.Warning(subject, string.Join(", ", others), $"if they choose backends, too, remove them: bpftool cgroup show {cgroup}");
        }
        catch (BpfException error)
        {
            return CheckLine.Warning(subject, error.Message, "run this as root");
        }
    }
}
