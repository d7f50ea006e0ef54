using System.CommandLine;
using KubeProxyNext.Bpf;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Telemetry;

namespace KubeProxyNext;

/// <summary>The verbs and options, and what they start. Exit codes: 0 fine, 1 something was wrong, 2 bad usage.</summary>
internal static class CommandLine
{
    internal static readonly string[] Verbs = ["run", "status", "cleanup", "version"];

    private const string DefaultBpffs = "/sys/fs/bpf/kube-proxy-next";
    private const string HostName = "/proc/sys/kernel/hostname";

    private static readonly Option<string> Bpffs = new("--bpffs")
    {
        Description = "Folder in a bpffs where maps and programs are pinned",
        DefaultValueFactory = _ => DefaultBpffs,
    };

    /// <summary>No verb means <c>run</c>, so that the program can stand in for kube-proxy on its command line.</summary>
    internal static string[] WithVerb(string[] args) =>
        args is [var first, ..] && (Verbs.Contains(first) || first is "-h" or "-?" or "--help" or "--version") ? args : ["run", .. args];

    internal static RootCommand Build(TimeProvider time)
    {
        var root = new RootCommand("A kube-proxy replacement: Services in eBPF.") { Run(time), Status(), Cleanup(), Version() };
        return root;
    }

    private static Command Run(TimeProvider time)
    {
        var source = new Option<string?>("--source") { Description = "Folder of manifests to read instead of an API server" };
        var kubeConfig = new Option<string?>("--kubeconfig") { Description = "Path of a kubeconfig; without it KUBECONFIG or, in a pod, the service account is used" };
        var master = new Option<string?>("--master") { Description = "API server URL that stands in for the kubeconfig's" };
        var cgroup = new Option<string?>("--cgroup") { Description = "Directory of cgroup2 whose processes are served (default: its root)" };
        var hostname = new Option<string?>("--hostname-override") { Description = "Name of this node (default: the host's)" };
        hostname.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: { Length: > 0 } name }] && string.IsNullOrWhiteSpace(name))
            {
                result.AddError("--hostname-override must not be blank");
            }
        });
        var frontends = Capacity("--max-frontends", new MapCapacities().Frontends, "Frontends (addresses and ports of Services) of each family");
        var slots = Capacity("--max-slots", new MapCapacities().Slots, "Slots (backends of Services) of each family");
        var sockets = Capacity("--max-sockets", new MapCapacities().Sockets, "Sockets of each family whose Service is remembered");
        var sourceRanges = Capacity(
            "--max-source-ranges", new MapCapacities().SourceRanges, "Networks of each family that restricted Services let in, counted for each of their ports");
        var affinities = Capacity("--max-affinities", new MapCapacities().Affinities, "Clients of each family whose backend is remembered (session affinity)");
        var bindProtection = new Option<bool>("--nodeport-bind-protection")
        {
            Description = "Keeps processes from binding ports that are NodePorts on this node",
            DefaultValueFactory = _ => true,
        };
        var verbosity = new Option<int>("-v", "--v") { Description = "How much is logged; 4 and more is for debugging" };

        var command = new Command("run", "Runs the daemon (also without a verb).")
        {
            source, kubeConfig, master, cgroup, Bpffs, hostname, frontends, slots, sockets, sourceRanges, affinities, bindProtection, verbosity,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var loggers = new StderrLoggerFactory(parsed.GetValue(verbosity), time);
            return Guarded(() => Daemon.RunAsync(
                new(
                    parsed.GetValue(source),
                    parsed.GetValue(kubeConfig),
                    parsed.GetValue(master),
                    parsed.GetValue(cgroup) ?? FileSystem.FindCgroup2() ?? throw new InvalidOperationException(
                        "cgroup2 is not mounted; mount it, or name a directory of it with --cgroup"),
                    parsed.GetValue(Bpffs)!,
                    NodeName(parsed.GetValue(hostname)),
                    new(
                        parsed.GetValue(frontends), parsed.GetValue(slots), parsed.GetValue(sockets), parsed.GetValue(sourceRanges),
                        parsed.GetValue(affinities)),
                    parsed.GetValue(bindProtection)),
                loggers,
                time,
                cancellationToken), cancellationToken);
        });
        return command;
    }

    private static Command Status()
    {
        var output = new Option<string>("-o", "--output") { Description = "table or json", DefaultValueFactory = _ => "table" };
        output.AcceptOnlyFromAmong("table", "json");
        var command = new Command("status", "Prints what the programs have counted; no daemon needs to run.") { Bpffs, output };
        command.SetAction((parsed, _) => Guarded(() =>
        {
            var folder = parsed.GetValue(Bpffs)!;
            var families = CounterReader.Read(folder);
            if (families.Count == 0)
            {
                throw new InvalidOperationException($"nothing is pinned in {folder}; is the daemon to run with another --bpffs?");
            }

            Console.Write(parsed.GetValue(output) == "json" ? StatusReport.ToJson(families) + "\n" : StatusReport.ToTable(families));
            return Task.CompletedTask;
        }, CancellationToken.None));
        return command;
    }

    private static Command Cleanup()
    {
        var command = new Command("cleanup", "Detaches all programs and removes all that is pinned.") { Bpffs };
        command.SetAction((parsed, _) => Guarded(() =>
        {
            var folder = parsed.GetValue(Bpffs)!;
            Console.WriteLine(Dataplane.Dataplane.Cleanup(folder) ? $"removed what was pinned in {folder}" : $"nothing to remove in {folder}");
            return Task.CompletedTask;
        }, CancellationToken.None));
        return command;
    }

    private static Command Version()
    {
        var command = new Command("version", "Prints the version.");
        command.SetAction(_ => Console.WriteLine($"kube-proxy-next {typeof(CommandLine).Assembly.GetName().Version?.ToString(3)}"));
        return command;
    }

    private static Option<int> Capacity(string name, int capacity, string what)
    {
        var option = new Option<int>(name) { Description = what, DefaultValueFactory = _ => capacity };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var value) && value is > 0 and <= 1 << 24))
            {
                result.AddError($"{name} must be a number from 1 to {1 << 24}, not '{token.Value}'");
            }
        });
        return option;
    }

    // Behaviour 11.1: trimmed and in lower case; empty is not given. Environment.MachineName ends at the first dot, where many
    // clusters have names of nodes go on.
    private static string NodeName(string? overriding) =>
        (string.IsNullOrEmpty(overriding) ? File.ReadAllText(HostName) : overriding).Trim().ToLowerInvariant();

    // What ends the program is one line that says why; only a bug gets a stack trace.
    private static async Task<int> Guarded(Func<Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await action().ConfigureAwait(false);
            return 0;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Whatever the end of the connections looked like from inside, it was asked for.
            return 0;
        }
        catch (Exception error) when (error is BpfException or ApiConfigException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"kube-proxy-next: {error.Message}").ConfigureAwait(false);
            return 1;
        }
        catch (DllNotFoundException error)
        {
            await Console.Error.WriteLineAsync(
                $"kube-proxy-next: libbpf is missing ({error.Message.Split('\n')[0]}); on Debian and Ubuntu: apt-get install libbpf1").ConfigureAwait(false);
            return 1;
        }
    }
}
