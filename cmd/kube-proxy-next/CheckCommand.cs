using System.CommandLine;
using KubeProxyNext.Bpf;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Config;
using KubeProxyNext.Migration.Checks;

namespace KubeProxyNext;

/// <summary>The verb <c>check</c>: whether this node can be served, and what is in the way.</summary>
internal static class CheckCommand
{
    private static readonly Option<string?> Cgroup = new("--cgroup") { Description = "Directory of cgroup2 whose processes are to be served (default: its root)" };

    private static readonly Option<string?> KubeConfig = new("--kubeconfig")
    {
        Description = "Path of a kubeconfig; without it KUBECONFIG or, in a pod, the service account is used",
    };

    private static readonly Option<string?> Master = new("--master") { Description = "API server URL that stands in for the kubeconfig's" };

    private static readonly Option<string?> Source = new("--source") { Description = "Folder of manifests that the daemon reads instead of an API server, which is not asked then" };

    private static readonly Option<string> Output = new("-o", "--output") { Description = "table or json", DefaultValueFactory = _ => "table" };

    // Those of the daemon that say where it listens.
    private static readonly Flags Addresses = new([Settings.ConfigFile, Settings.HealthzBindAddress, Settings.MetricsBindAddress]);

    /// <param name="bpffs">The option that other verbs have too.</param>
    internal static Command Create(Option<string> bpffs, TimeProvider time)
    {
        Output.AcceptOnlyFromAmong("table", "json");
        var command = new Command("check", "Says whether this node can be served, and what is in the way; it changes nothing.")
        {
            bpffs, Cgroup, KubeConfig, Master, Source, Output,
        };
        foreach (var option in Addresses.Options)
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            _ = Addresses.Read(result.GetResult, out var faults);
            foreach (var fault in faults)
            {
                result.AddError(fault);
            }
        });
        command.SetAction((parsed, cancellationToken) =>
            CommandLine.Guarded(() => RunAsync(parsed, parsed.GetValue(bpffs)!, time, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        var cgroup = parsed.GetValue(Cgroup) ?? FileSystem.FindCgroup2();
        List<CheckLine> lines =
        [
            .. KernelChecks.Run(), .. NodeChecks.Run(folder, cgroup), PinCheck.Run(folder), ProgramCheck.Run(folder, cgroup),
            .. AddressesOf(Addresses.Read(parsed.GetResult, out _)).Select(PortChecks.Run),
        ];
        lines.Add(parsed.GetValue(Source) is { } source
            ? SourceAt(source)
            : await ApiServerAsync(parsed.GetValue(KubeConfig), parsed.GetValue(Master), time, cancellationToken).ConfigureAwait(false));

        Console.Write(parsed.GetValue(Output) == "json" ? CheckReport.ToJson(lines) + "\n" : CheckReport.ToTable(lines));
        if (lines.Count(line => line.Result == CheckResult.Failed) is > 0 and var failed)
        {
            throw new InvalidOperationException($"{failed} of {lines.Count} checks failed");
        }
    }

    private static CheckLine SourceAt(string folder)
    {
        const string subject = "source";
        return Directory.Exists(folder)
            ? CheckLine.Passed(subject, folder)
            : CheckLine.Failed(subject, $"{folder} is not a folder", "it is to hold manifests (.yaml, .yml, .json)");
    }

    private static DaemonAddress[] AddressesOf(IReadOnlyDictionary<Setting, object> given)
    {
        using var file = given.TryGetValue(Settings.ConfigFile, out var path) && path is string { Length: > 0 } name ? WatchedFile.Open(name) : null;
        var configuration = file is null
            ? ConfigurationLoader.FromFlags(given)
            : ConfigurationLoader.FromFile(file.Text, file.Path, given).Configuration;
        return
        [
            new(RunOptionsReader.AddressOf(configuration.Get(Settings.HealthzBindAddress)), "/healthz", $"--{Settings.HealthzBindAddress.Flag}"),
            new(RunOptionsReader.AddressOf(configuration.Get(Settings.MetricsBindAddress)), "/metrics", $"--{Settings.MetricsBindAddress.Flag}"),
        ];
    }

    private static async Task<CheckLine> ApiServerAsync(string? kubeConfig, string? master, TimeProvider time, CancellationToken cancellationToken)
    {
        const string subject = "API server";
        try
        {
            var config = ApiServerConfig.Load(kubeConfig, master);
            return await ApiServerProbe.FindProblemAsync(config, time, cancellationToken).ConfigureAwait(false) is { } problem
                ? CheckLine.Failed(subject, $"{config.Server} of {config.Origin}", problem)
                : CheckLine.Passed(subject, $"{config.Server} of {config.Origin}");
        }
        catch (ApiConfigException error)
        {
            return CheckLine.Failed(subject, "not known", error.Message);
        }
    }
}
