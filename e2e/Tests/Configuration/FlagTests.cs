using System.Diagnostics;
using System.Text.Json;

namespace KubeProxyNext.EndToEnd.Configuration;

/// <summary>The program's own reading of a command line, as what it then writes as its configuration.</summary>
[CancelAfter(30_000)]
internal sealed class FlagTests
{
    private string _folder = null!;

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("kpn-flags-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [TestCase("--oom-score-adj -5", "oomScoreAdj: -5")]
    [TestCase("--oom-score-adj=-5", "oomScoreAdj: -5")]
    [TestCase("--bind_address 10.0.0.1", "bindAddress: 10.0.0.1")]
    [TestCase("--metrics-bind-address= --v=3", "metricsBindAddress: \"\"")]
    [TestCase("--masquerade-all", "masqueradeAll: true")]
    [TestCase("--masquerade-all --v 3", "verbosity: 3")]
    [TestCase("--profiling=false --profiling=true", "enableProfiling: true")]
    [TestCase("-v=4", "verbosity: 4")]
    [TestCase("-v 4", "verbosity: 4")]
    [TestCase("--v=2 --v=4", "verbosity: 4")]
    [TestCase("--nodeport-addresses=10.0.0.0/8 --nodeport-addresses fd00::/8", "nodePortAddresses:\n- 10.0.0.0/8\n- fd00::/8\n")]
    [TestCase("--kubeconfig @file", "kubeconfig: \"@file\"")]
    public async Task Flags_AreTakenAsKubeProxyTakesThem(string arguments, string field)
    {
        var target = Path.Combine(_folder, "written.yaml");

        var (exitCode, _, errors) = await RunAsync([.. arguments.Split(' '), $"--write-config-to={target}"]);

        Assert.That(exitCode, Is.Zero, errors);
        Assert.That(await File.ReadAllTextAsync(target), Does.Contain(field));
    }

    [TestCase("--version")]
    [TestCase("--version=raw")]
    [TestCase("version")]
    public async Task Version_IsOurs(string argument)
    {
        var (exitCode, output, _) = await RunAsync(argument);

        Assert.That(exitCode, Is.Zero);
        Assert.That(output, Does.Match("^kube-proxy-next [0-9]+\\.[0-9]+\\.[0-9]+\n$"));
    }

    [Test]
    public async Task AllFaults_AreSaidAtOnce()
    {
        var (exitCode, _, errors) = await RunAsync("--oom-score-adj=5000", "--mode", "--cluster-cidr=a");

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(errors, Does.Contain("--oom-score-adj must").And.Contain("'--mode' is not known").And.Contain("--cluster-cidr must"));
    }

    [Test]
    public async Task FileThatCannotBe_IsSaidLineByLine()
    {
        var file = Path.Combine(_folder, "config.conf");
        await File.WriteAllTextAsync(file, "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ebpf\noomScoreAdj: 5000\n");

        var (exitCode, _, errors) = await RunAsync("--config", file);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(errors, Is.EqualTo(
            $"kube-proxy-next: {file}:3: mode must be iptables, ipvs or nftables, not 'ebpf'\n"
            + $"kube-proxy-next: {file}:4: oomScoreAdj must be a number from -1000 to 1000, not '5000'\n"));
    }

    [Test]
    public async Task WhatMeansNothing_IsOneLine_AndJsonIsAnObjectALine()
    {
        var (_, _, errors) = await RunAsync(
            "--ipvs-scheduler=rr", "--conntrack-tcp-be-liberal", "--logging-format=json", $"--write-config-to={_folder}/written.yaml");

        var lines = errors.Trim().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.That(lines.Select(line => line.GetProperty("msg").GetString()), Is.EqualTo((string[])
        [
            "These mean nothing here and are ignored: --conntrack-tcp-be-liberal, --ipvs-scheduler",
            $"Wrote the configuration in force to {_folder}/written.yaml",
        ]));
        Assert.That(lines[0].GetProperty("level").GetString(), Is.EqualTo("warn"));
        Assert.That(lines[1].GetProperty("file").GetString(), Is.EqualTo($"{_folder}/written.yaml"));
    }

    [Test]
    public async Task FlagsBesideAFile_AreSaidToBeInVain()
    {
        var file = Path.Combine(_folder, "config.conf");
        await File.WriteAllTextAsync(file, "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nnothing: 1\n");

        var (exitCode, _, errors) = await RunAsync($"--config={file}", "--masquerade-all", "--v=1", $"--write-config-to={_folder}/written.yaml");

        Assert.That(exitCode, Is.Zero, errors);
        Assert.That(errors, Does.Contain($"{file}:3: nothing is not known").And.Contain("do not count: --masquerade-all\n"));
        Assert.That(await File.ReadAllTextAsync($"{_folder}/written.yaml"), Does.Contain("masqueradeAll: false").And.Contain("verbosity: 1"));
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Binary.Path, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.CurrentContext.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.CurrentContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CurrentContext.CancellationToken);
        return (process.ExitCode, output, await errors);
    }
}
