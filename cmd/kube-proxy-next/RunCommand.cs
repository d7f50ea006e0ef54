using System.CommandLine;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Planning;

namespace KubeProxyNext;

/// <summary>The verb <c>run</c>: its options, and what they mean together.</summary>
internal static class RunCommand
{
    private const string HostName = "/proc/sys/kernel/hostname";
    private const int LeastMaglevTable = 251;
    private const int LargestMaglevTable = 131_071;

    private static readonly MapCapacities Default = new(Flows: MapCapacities.FlowsFor(Environment.ProcessorCount));

    private static readonly Option<string?> Source = new("--source") { Description = "Folder of manifests to read instead of an API server" };

    private static readonly Option<string?> KubeConfig = new("--kubeconfig")
    {
        Description = "Path of a kubeconfig; without it KUBECONFIG or, in a pod, the service account is used",
    };

    private static readonly Option<string?> Master = new("--master") { Description = "API server URL that stands in for the kubeconfig's" };

    private static readonly Option<string?> Cgroup = new("--cgroup") { Description = "Directory of cgroup2 whose processes are served (default: its root)" };

    private static readonly Option<string?> Hostname = Checked(
        new Option<string?>("--hostname-override") { Description = "Name of this node (default: the host's)" },
        name => name.Length > 0 && string.IsNullOrWhiteSpace(name) ? "--hostname-override must not be blank" : null);

    private static readonly Option<string[]> NodePortAddresses = CheckedNodePortAddresses(new("--nodeport-addresses")
    {
        Description = "Where NodePorts are answered: CIDRs of addresses of this node, with commas or one by one, or 'primary' (default: all addresses)",
        DefaultValueFactory = _ => [],
    });

    private static readonly Option<string> LocalhostNodePorts = Switch(
        "--iptables-localhost-nodeports", "Whether processes of the node reach NodePorts at 127.0.0.1 too");

    private static readonly Option<string> BindProtection = Switch(
        "--nodeport-bind-protection", "Keeps processes from binding ports that are NodePorts on this node");

    private static readonly Option<int> MaglevTableSize = Checked(
        new Option<int>("--maglev-table-size") { Description = "Slots of a Maglev table: a prime", DefaultValueFactory = _ => 16381 },
        text => int.TryParse(text, out var size) && size is >= LeastMaglevTable and <= LargestMaglevTable && IsPrime(size)
            ? null
            : $"--maglev-table-size must be a prime from {LeastMaglevTable} to {LargestMaglevTable}, not '{text}'");

    private static readonly Option<int> Frontends = Capacity(
        "--max-frontends", Default.Frontends, "Service ports of each family; there is room for twice as many frontends (their addresses)");

    private static readonly Option<int> Slots = Capacity("--max-slots", Default.Slots, "Slots (backends of Services) of each family");

    private static readonly Option<int> Sockets = Capacity("--max-sockets", Default.Sockets, "Sockets of each family whose Service is remembered");

    private static readonly Option<int> SourceRanges = Capacity(
        "--max-source-ranges", Default.SourceRanges, "Networks of each family that restricted Services let in, counted for each of their ports");

    private static readonly Option<int> Affinities = Capacity(
        "--max-affinities", Default.Affinities, "Clients of each family whose backend is remembered (session affinity)");

    private static readonly Option<int> Flows = Capacity(
        "--max-flows", Default.Flows, "Entries of each family for packets from outside: each direction of a connection has its own");

    private static readonly Option<string> Devices = Checked(
        new Option<string>("--devices")
        {
            Description = "At which network devices packets from outside are served: auto, none, or names with commas, which may have * and ? in them; a '!' before a name leaves it out",
            DefaultValueFactory = _ => "auto",
        },
        text => DeviceOptions.TryParse(text, out var error) is null ? error : null);

    private static readonly Option<string> MasqueradeAll = Switch(
        "--masquerade-all", "Whether backends see the node's address instead of the client's for all that comes to ClusterIPs by a device", isOn: false);

    private static readonly Option<string?> DetectLocalMode = new("--detect-local-mode")
    {
        Description = "How pods of this node are known: ClusterCIDR (default), NodeCIDR, BridgeInterface or InterfaceNamePrefix",
    };

    private static readonly Option<string?> ClusterCidr = new("--cluster-cidr") { Description = "Networks of all pods, at most one of each family, for ClusterCIDR" };

    private static readonly Option<string?> PodBridge = new("--pod-bridge-interface") { Description = "The bridge of this node's pods, for BridgeInterface" };

    private static readonly Option<string?> PodPrefix = new("--pod-interface-name-prefix")
    {
        Description = "How the names of devices begin that lead to pods, for InterfaceNamePrefix",
    };

    private static readonly Option<DeviceAttach> Attach = new("--tc-attach")
    {
        Description = "How programs are attached to devices: tcx (links, kernel 6.6), clsact (filters), or auto for the first of them that works",
        DefaultValueFactory = _ => DeviceAttach.Auto,
        CustomParser = result => Enum.TryParse<DeviceAttach>(result.Tokens[0].Value, ignoreCase: true, out var attach) ? attach : default,
    };

    private static readonly Option<int> Verbosity = Checked(
        new Option<int>("-v", "--v") { Description = "How much is logged; 4 and more is for debugging" },
        text => int.TryParse(text, out _) ? null : $"-v must be a number, not '{text}'");

    /// <param name="bpffs">The option that other verbs have too.</param>
    internal static Command Create(Option<string> bpffs, TimeProvider time)
    {
        Attach.AcceptOnlyFromAmong("auto", "tcx", "clsact");
        var command = new Command("run", "Runs the daemon (also without a verb).")
        {
            Source, KubeConfig, Master, Cgroup, bpffs, Hostname, NodePortAddresses, LocalhostNodePorts, BindProtection, MaglevTableSize,
            Frontends, Slots, Sockets, SourceRanges, Affinities, Flows, Devices, Attach,
            MasqueradeAll, DetectLocalMode, ClusterCidr, PodBridge, PodPrefix, Verbosity,
        };
        foreach (var option in FlowOptions.All)
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (LocalModeOf(result.GetValue, out var error) is null)
            {
                result.AddError(error!);
            }
        });
        command.SetAction((parsed, cancellationToken) =>
        {
            var loggers = new StderrLoggerFactory(parsed.GetValue(Verbosity), time);
            return CommandLine.Guarded(
                () => Daemon.RunAsync(OptionsOf(parsed, parsed.GetValue(bpffs)!), loggers, time, cancellationToken), cancellationToken);
        });
        return command;
    }

    private static RunOptions OptionsOf(ParseResult parsed, string bpffs) => new(
        parsed.GetValue(Source),
        parsed.GetValue(KubeConfig),
        parsed.GetValue(Master),
        parsed.GetValue(Cgroup) ?? FileSystem.FindCgroup2() ?? throw new InvalidOperationException(
            "cgroup2 is not mounted; mount it, or name a directory of it with --cgroup"),
        bpffs,
        NodeName(parsed.GetValue(Hostname)),
        new(
            parsed.GetValue(Frontends), parsed.GetValue(Slots), parsed.GetValue(Sockets), parsed.GetValue(SourceRanges),
            parsed.GetValue(Affinities), parsed.GetValue(Flows)))
    {
        Devices = DeviceOptions.TryParse(parsed.GetValue(Devices)!, out _)!,
        Attach = parsed.GetValue(Attach),
        LocalMode = LocalModeOf(parsed.GetValue, out _)!,
        MasqueradeAll = IsOn(parsed, MasqueradeAll),
        NodePorts = NodePortOptions.TryParse(
            parsed.GetValue(NodePortAddresses)!, IsOn(parsed, LocalhostNodePorts), out var nodePorts, out var error)
            ? nodePorts
            : throw new InvalidOperationException(error),
        BindProtection = IsOn(parsed, BindProtection),
        FlowTimeouts = FlowOptions.Read(parsed),
        MaglevTableSize = parsed.GetValue(MaglevTableSize),
    };

    private static LocalMode? LocalModeOf(Func<Option<string?>, string?> valueOf, out string? error) =>
        LocalMode.TryParse(valueOf(DetectLocalMode), valueOf(ClusterCidr), valueOf(PodBridge), valueOf(PodPrefix), out error);

    // Not an Option<bool>, which takes a value that is neither true nor false for a word of its own, and says that it is not known.
    private static Option<string> Switch(string name, string description, bool isOn = true) => Checked(
        new Option<string>(name)
        {
            Description = description,
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "true|false",
            DefaultValueFactory = _ => isOn ? "true" : "false",
        },
        text => bool.TryParse(text, out _) ? null : $"{name} must be true or false, not '{text}'");

    private static bool IsOn(ParseResult parsed, Option<string> option) => parsed.GetValue(option) is not { } text || bool.Parse(text);

    private static Option<int> Capacity(string name, int capacity, string what) => Checked(
        new Option<int>(name) { Description = what, DefaultValueFactory = _ => capacity },
        text => int.TryParse(text, out var value) && value is > 0 and <= 1 << 24
            ? null
            : $"{name} must be a number from 1 to {1 << 24}, not '{text}'");

    private static Option<T> Checked<T>(Option<T> option, Func<string, string?> findError)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && findError(token.Value) is { } error)
            {
                result.AddError(error);
            }
        });
        return option;
    }

    private static Option<string[]> CheckedNodePortAddresses(Option<string[]> option)
    {
        option.Validators.Add(result =>
        {
            if (!NodePortOptions.TryParse(result.Tokens.Select(token => token.Value), localhost: true, out _, out var error))
            {
                result.AddError(error);
            }
        });
        return option;
    }

    private static bool IsPrime(int number)
    {
        for (var divisor = 2; divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0)
            {
                return false;
            }
        }

        return true;
    }

    // Behaviour 11.1: trimmed and in lower case; empty is not given. Environment.MachineName ends at the first dot, where many
    // clusters have names of nodes go on.
    private static string NodeName(string? overriding) =>
        (string.IsNullOrEmpty(overriding) ? File.ReadAllText(HostName) : overriding).Trim().ToLowerInvariant();
}
