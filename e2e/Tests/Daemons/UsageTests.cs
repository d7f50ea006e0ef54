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
