using System.Diagnostics;

namespace KubeProxyNext.EndToEnd.Configuration;

/// <summary>kube-proxy's container has neither bpffs nor cgroup2 mounted: the program mounts them for itself.</summary>
[CancelAfter(30_000)]
[RequiresBpf]
internal sealed class MountTests
{
    private const string Unmount = """
        for folder in $(awk '$3 == "bpf" || $3 == "cgroup2" || $3 == "cgroup" {print $2}' /proc/mounts | sort -r); do umount -l "$folder" 2>/dev/null; done
        """;

    [Test]
    public async Task InitOnly_MountsWhatIsNot_ForItsOwnNamespace()
    {
        var errors = await RunAsync(Unmount + "\n\"$0\" --init-only && stat -f -c %T /sys/fs/bpf /run/kube-proxy-next/cgroup2 >&2");

        Assert.That(errors, Does.Contain("bpffs was not mounted at /sys/fs/bpf, and is now"));
        Assert.That(errors, Does.Contain("cgroup2 was not mounted, and is now at /run/kube-proxy-next/cgroup2"));
        Assert.That(errors, Does.EndWith("bpf_fs\ncgroup2fs\n"));
        Assert.That(await File.ReadAllTextAsync("/proc/mounts"), Does.Not.Contain("/run/kube-proxy-next"));
    }

    [Test]
    public async Task WithoutThePrivilege_WhatIsMissingIsSaid()
    {
        var errors = await RunAsync(Unmount + "\nsetpriv --bounding-set -sys_admin --inh-caps -sys_admin \"$0\" --init-only");

        Assert.That(errors, Does.Contain("mount bpffs at /sys/fs/bpf: Operation not permitted").And.Contain("mount -t bpf bpf /sys/fs/bpf"));
    }

    private static async Task<string> RunAsync(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("unshare", ["--mount", "--propagation", "private", "sh", "-c", script, Binary.Path])
        {
            RedirectStandardError = true,
        })!;
        var errors = await process.StandardError.ReadToEndAsync(TestContext.CurrentContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CurrentContext.CancellationToken);
        return errors;
    }
}
