using System.Diagnostics;

namespace KubeProxyNext.EndToEnd.Daemons;

/// <summary>What cannot work is said in few words before anything is done, and the exit code tells whose fault it was.</summary>
[CancelAfter(30_000)]
internal sealed class UsageTests
{
    [TestCase("--iptables-localhost-nodeports=maybe", "--iptables-localhost-nodeports must be true or false, not 'maybe'")]
    [TestCase("--max-frontend 5", "'--max-frontend' is not known; did you mean '--max-frontends'?")]
    [TestCase("--sorce=x", "'--sorce=x' is not known; did you mean '--source'?")]
    [TestCase("claenup", "'claenup' is not known; did you mean 'cleanup'?")]
    [TestCase("--max-slots 0", "--max-slots must be a number")]
    [TestCase("--max-flows 99999999999", "--max-flows must be a number from 0 to 16777216, not '99999999999'")]
    [TestCase("-v=4x", "--v must be a number, not '4x'")]
    [TestCase("-config=x", "'-config=x' is not known; did you mean '--config'?")]
    [TestCase("--conntrack-udp-timeout 5", "--conntrack-udp-timeout must be a duration like 90s or 1h30m, not '5'")]
    [TestCase("--detect-local-mode BridgeInterface", "--pod-bridge-interface must not be empty with --detect-local-mode BridgeInterface")]
    public async Task CommandLine_NotUnderstood_IsSaidInTwoLines(string arguments, string fault)
    {
        var (exitCode, errors) = await RunAsync(Binary.Path, arguments.Split(' '));

        Assert.That(exitCode, Is.EqualTo(2), errors);
        Assert.That(errors, Does.StartWith($"kube-proxy-next: {fault}"));
        Assert.That(errors.Trim().Split('\n'), Has.Length.EqualTo(2), errors);
    }

    [Test]
    public async Task SourceIsMissing_NothingIsLoaded()
    {
        var (exitCode, errors) = await RunAsync(Binary.Path, "--source", "/nonexistent", "--bpffs", "/nonexistent");

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(errors, Does.Contain("kube-proxy-next: the source '/nonexistent' is not a folder"));
    }

    [TestCase("--config /tmp", "the configuration file '/tmp' is a folder; see --config")]
    [TestCase("--kubeconfig /tmp", "cannot read the kubeconfig /tmp: it is a folder")]
    [TestCase("--write-config-to /tmp", "the file '/tmp' is a folder; see --write-config-to")]
    [TestCase("--write-config-to /nonexistent/x", "the file '/nonexistent/x' cannot be written, since there is no folder /nonexistent; see --write-config-to")]
    public async Task Path_OfNothingThatFits_IsNamedWithItsOption(string arguments, string fault)
    {
        var (exitCode, errors) = await RunAsync(Binary.Path, ["--bpffs", "/nonexistent", .. arguments.Split(' ')]);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(errors.Trim().Split('\n')[^1], Is.EqualTo($"kube-proxy-next: {fault}"));
    }

    [Test]
    public async Task Start_ThatFailsBeforeAnythingIsAttached_LeavesNothingAndClaimsNothing()
    {
        var folder = Path.Combine("/sys/fs/bpf", $"kpn-usage-{Environment.ProcessId}");
        var manifests = Directory.CreateTempSubdirectory("kpn-usage-").FullName;

        var (exitCode, errors) = await RunAsync(
            Binary.Path, "--source", manifests, "--bpffs", folder, "--cgroup", "/nonexistent", "--healthz-bind-address=", "--metrics-bind-address=");

        Directory.Delete(manifests);
        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(errors, Does.Contain("open cgroup /nonexistent").And.Contains("Stopped; nothing is at work").And.Not.Contains("stays at work"));
        Assert.That(Directory.Exists(folder), Is.False);
    }

    [Test]
    public async Task NodeName_IsTheWholeHostName()
    {
        const string Script = "hostname IP-10-0-0-1.ec2.internal && exec \"$0\" --hostname-override '' --source /nonexistent";

        var (_, errors) = await RunAsync("unshare", "--uts", "sh", "-c", Script, Binary.Path);

        Assert.That(errors, Does.Contain("on node ip-10-0-0-1.ec2.internal for"));
    }

    private static async Task<(int ExitCode, string Errors)> RunAsync(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync(TestContext.CurrentContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CurrentContext.CancellationToken);
        return (process.ExitCode, errors);
    }
}
