namespace KubeProxyNext.Unit.ClusterChecks;

/// <summary>A dry run says what a run does, and does none of it.</summary>
internal sealed class DryRunTests
{
    [TestCase("kind", true)]
    [TestCase("k3d", false)]
    public async Task Plan_IsWhatARunDoes(string tool, bool isDualStack)
    {
        using var tools = new StandIns(tool, isDualStack);
        var plan = await tools.RunAsync(tool, "--dry-run");
        Assert.That(tools.Calls, Is.Empty);
        Assert.That(Directory.Exists(StandIns.RunFolder), Is.False);

        await tools.RunAsync(tool);

        Assert.That(plan.ExitCode, Is.Zero);
        var commands = plan.Output.Split('\n').Where(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line.Trim());
        Assert.That(Programs(commands), Is.EqualTo(Programs(tools.Calls)));
    }

    [Test]
    public async Task Plan_NeedsNoTool()
    {
        using var tools = new StandIns("kind", isDualStack: true);
        tools.Remove("docker");
        tools.Remove("kind");
        tools.Remove("kubectl");

        var plan = await tools.RunAsync("kind", "--dry-run");

        Assert.That(plan.ExitCode, Is.Zero);
        Assert.That(plan.Output, Does.Contain("kubeProxyMode: none").And.Contains("> a pod asks a ClusterIP, IPv6: expected web-1 or web-2"));
    }

    // Names and addresses are made up in the plan; which program is asked for which thing is not.
    private static IEnumerable<string> Programs(IEnumerable<string> lines) => lines
        .Select(line => line.Replace("env K3D_FIX_MOUNTS=1 ", "").Replace("--kubeconfig out/cluster-checks/kpn-test/kubeconfig ", "").Replace("'", ""))
        .Where(line => line.Split(' ')[0] is "docker" or "kind" or "k3d" or "kubectl" or "make")
        .Select(line => string.Join(' ', line.Split(' ').Take(4)));
}
