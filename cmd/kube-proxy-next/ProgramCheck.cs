using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Migration.Checks;
using KubeProxyNext.Netlink;

namespace KubeProxyNext;

/// <summary>
/// Whether the kernel takes maps and programs: by giving it those of the daemon, with a folder of their own beside the daemon's, and at a cgroup
/// that nobody is in. Nothing stays.
/// </summary>
internal static class ProgramCheck
{
    private const string Subject = "maps and programs";

    // No device has it: programs for devices are loaded for it, and attached nowhere.
    private const int NoDevice = int.MaxValue;

    internal static CheckLine Run(string bpffs, string? cgroup)
    {
        var name = $"kpn-check-{Environment.ProcessId}";
        var folder = Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(bpffs))) ?? "/", name);
        if (cgroup is null)
        {
            return CheckLine.Failed(Subject, "not tried without cgroup2", "mount cgroup2");
        }

        try
        {
            return Try(folder, Path.Combine(cgroup, name));
        }
        catch (Exception error) when (error is BpfException or NetlinkException or IOException or UnauthorizedAccessException)
        {
            return CheckLine.Failed(Subject, error.Message, "see the other lines: root, a bpffs that is mounted and can be written (--bpffs), cgroup2 (--cgroup), kernel 5.15");
        }
    }

    private static CheckLine Try(string folder, string cgroup)
    {
        Directory.CreateDirectory(cgroup);
        try
        {
            using var dataplane = Dataplane.Dataplane.Load(folder, cgroup, HostFamilies.Detect(), new MapCapacities(), devices: DeviceAttach.Auto);
            dataplane.Attach();
            var refused = dataplane.ServeDevices([new(NoDevice, "none")]).Where(failure => failure.Error is not BpfException { Errno: Errno.NoDevice or Errno.Invalid }).ToList();
            return refused.Count == 0
                ? CheckLine.Passed(Subject, "loaded and attached")
                : CheckLine.Failed(Subject, refused[0].Error.Message, "clients outside would not be served; --devices none does without them");
        }
        finally
        {
            _ = Dataplane.Dataplane.Cleanup(folder);
            Directory.Delete(cgroup);
        }
    }
}
