using System.CommandLine;
using KubeProxyNext.Bpf;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Config;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using KubeProxyNext.Telemetry;

namespace KubeProxyNext;

/// <summary>The verbs and options, and what they start. Exit codes: 0 fine, 1 something was wrong, 2 bad usage.</summary>
internal static class CommandLine
{
    internal static readonly string[] Verbs = ["run", "status", "check", "cleanup", "version"];

    internal static readonly string VersionText = $"kube-proxy-next {typeof(CommandLine).Assembly.GetName().Version?.ToString(3)}";

    private static readonly Option<string> Bpffs = new("--bpffs")
    {
        Description = "Folder in a bpffs where maps and programs are pinned",
        DefaultValueFactory = _ => Settings.Bpffs.DefaultText,
    };

    /// <summary>No verb means <c>run</c>, so that the program can stand in for kube-proxy on its command line.</summary>
    internal static string[] WithVerb(string[] args) =>
        args is [var first, ..] && (Verbs.Contains(first) || first is "-h" or "-?" or "--help") ? args : ["run", .. Flags.Normalize(args)];

    internal static RootCommand Build(TimeProvider time)
    {
        var root = new RootCommand("A kube-proxy replacement: Services in eBPF.")
        {
            RunCommand.Create(time), Status(), CheckCommand.Create(Bpffs, time), CleanupCommand.Create(Bpffs), Version(),
        };
        return root;
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

            var devices = families.ToDictionary(one => one.Family, one => DeviceNames(folder, one.Family));
            Console.Write(parsed.GetValue(output) == "json"
                ? StatusReport.ToJson(families, devices) + "\n"
                : StatusReport.ToTable(families, devices));
            return Task.CompletedTask;
        }, CancellationToken.None));
        return command;
    }

    // As the caller's network namespace has them, which should be the daemon's.
    private static IReadOnlyList<string> DeviceNames(string bpffs, IpFamily family)
    {
        var served = ServedDevices.Read(bpffs, family);
        return served.Count > 0 ? [.. Links.List().Where(link => served.Contains(link.Index)).Select(link => link.Name)] : [];
    }

    private static Command Version()
    {
        var command = new Command("version", "Prints the version.");
        command.SetAction(_ => Console.WriteLine(VersionText));
        return command;
    }

    // What ends the program is a line that says why; only a bug gets a stack trace.
    internal static async Task<int> Guarded(Func<Task> action, CancellationToken cancellationToken)
    {
        // Signals are taken only once there is a task to wait for: until then they would end the process, whatever it is about.
        await Task.Yield();
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
        catch (ConfigurationException error)
        {
            foreach (var fault in error.Faults)
            {
                StandardError.Say(fault);
            }

            return 1;
        }
        catch (Exception error) when (error is BpfException or NetlinkException or ApiConfigException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            StandardError.Say(error.Message);
            return 1;
        }
        catch (DllNotFoundException error)
        {
            StandardError.Say($"libbpf is missing ({error.Message.Split('\n')[0]}); on Debian and Ubuntu: apt-get install libbpf1");
            return 1;
        }
    }
}
