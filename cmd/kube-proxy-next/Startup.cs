using KubeProxyNext.Config;
using KubeProxyNext.Dataplane;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>From the flags to the daemon, in kube-proxy's order (behaviour 11.1), or to what they say is to be done instead.</summary>
internal static class Startup
{
    // Longer than a process takes to be started again.
    private static readonly TimeSpan Standby = TimeSpan.FromSeconds(15);

    internal static async Task RunAsync(IReadOnlyDictionary<Setting, object> flags, TimeProvider time, CancellationToken cancellationToken)
    {
        if (flags.TryGetValue(Settings.Version, out var isAsked) && (bool)isAsked)
        {
            Console.WriteLine(CommandLine.VersionText);
            return;
        }

        using var file = flags.TryGetValue(Settings.ConfigFile, out var path) && path is string { Length: > 0 } name ? WatchedFile.Open(name) : null;
        var loaded = file is null ? new(ConfigurationLoader.FromFlags(flags), [], []) : ConfigurationLoader.FromFile(file.Text, file.Path, flags);
        var configuration = loaded.Configuration;
        using var loggers = new StderrLoggerFactory(configuration.Get(Settings.Verbosity), configuration.Get(Settings.LoggingFormat) == "json", time);
        var log = loggers.CreateLogger("Startup");
        Say(loaded, log);
        if (configuration.Get(Settings.WriteConfigTo) is { Length: > 0 } target)
        {
            await WriteAsync(configuration, target, cancellationToken).ConfigureAwait(false);
            log.WroteConfiguration(target);
        }
        else if (configuration.Get(Settings.Cleanup))
        {
            CleanupCommand.CleanAll(configuration.Get(Settings.Bpffs));
        }
        else
        {
            await StartAsync(configuration, file, loggers, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task WriteAsync(KubeProxyConfiguration configuration, string target, CancellationToken cancellationToken)
    {
        if (Directory.Exists(target))
        {
            throw new IOException($"the file '{target}' is a folder; see --{Settings.WriteConfigTo.Flag}");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(target))!;
        return Directory.Exists(folder)
            ? File.WriteAllTextAsync(target, ConfigurationText.ToYaml(configuration), cancellationToken)
            : throw new DirectoryNotFoundException($"the file '{target}' cannot be written, since there is no folder {folder}; see --{Settings.WriteConfigTo.Flag}");
    }

    private static async Task StartAsync(
        KubeProxyConfiguration configuration, WatchedFile? file, StderrLoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var log = loggers.CreateLogger("Startup");
        SaySuspicious(configuration, log);
        OomScore.Set(configuration.Get(Settings.OomScoreAdj), log);
        var options = RunOptionsReader.Read(configuration, Mounts.Prepare(configuration, log));
        if (configuration.Get(Settings.InitOnly))
        {
            return;
        }

        if (file is null)
        {
            await RunAsync(options, loggers, time, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await RunUntilChangedAsync(options, file, loggers, time, cancellationToken).ConfigureAwait(false);
        }
    }

    // A process that has let go does not end: whoever keeps it running would start it again, and it would ask for its place. It takes it
    // again if nobody has it.
    private static async Task RunAsync(RunOptions options, StderrLoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        PinOwner? place = null;
        while (await Daemon.RunAsync(options, place, loggers, time, cancellationToken).ConfigureAwait(false) == DaemonEnd.Superseded)
        {
            loggers.CreateLogger("Startup").Superseded(options.Bpffs);
            place = await PinOwner.WaitAsync(options.Bpffs, Standby, time, cancellationToken).ConfigureAwait(false);
        }
    }

    // Whoever keeps the process running starts it again, with what the file says then.
    private static async Task RunUntilChangedAsync(
        RunOptions options, WatchedFile file, StderrLoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = RunAsync(options, loggers, time, stopping.Token);
        if (await Task.WhenAny(running, file.Changed).ConfigureAwait(false) == running)
        {
            await running.ConfigureAwait(false);
            return;
        }

        await stopping.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        throw new InvalidOperationException($"{file.Path} was changed; what it says now counts from the next start on");
    }

    private static void Say(LoadedFile loaded, ILogger log)
    {
        foreach (var lenience in loaded.Lenience)
        {
            log.NotStrict(lenience);
        }

        if (loaded.Overruled.Count > 0)
        {
            log.Overruled(loaded.Configuration.FileName!, string.Join(", ", loaded.Overruled.Select(setting => $"--{setting.Flag}")));
        }

        if (ConfigurationWarnings.WithoutMeaning(loaded.Configuration) is { Count: > 0 } names)
        {
            log.WithoutMeaning(string.Join(", ", names));
        }
    }

    private static void SaySuspicious(KubeProxyConfiguration configuration, ILogger log)
    {
        foreach (var suspicion in ConfigurationWarnings.Suspicious(configuration, HostFamilies.Detect()))
        {
            log.Suspicious(suspicion);
        }
    }
}
