using System.Net;
using System.Net.Sockets;

namespace KubeProxyNext.Laboratory;

/// <summary>Where processes run: a network namespace and a cgroup. A node's own (the host's), or a pod's.</summary>
public abstract class Place
{
    // The process joins its cgroup before it becomes the program, so no socket of it escapes the hooks. A session of its own keeps it from
    // the terminal's Ctrl-C and hang-up, which are for the laboratory's owner.
    private const string Join = """echo $$ >"$1/cgroup.procs" && ns=$2 && shift 2 && exec setsid nsenter --net="$ns" -- "$@" """;

    private const string Device = "eth0";

    private protected Place(string name, string ipv4, string ipv6, NetworkNamespace network, string cgroup)
    {
        (Name, IPv4, IPv6, Network, Cgroup) = (name, ipv4, ipv6, network, cgroup);
        Directory.CreateDirectory(cgroup);
    }

    public string Name { get; }

    public string IPv4 { get; }

    public string IPv6 { get; }

    public NetworkNamespace Network { get; }

    /// <summary>The cgroup2 directory in which this place's processes run.</summary>
    public string Cgroup { get; }

    /// <summary>The rules of netfilter here.</summary>
    public Netfilter Netfilter => new(this);

    /// <summary>The cgroup2 directory above all of the laboratory.</summary>
    internal abstract string LabCgroup { get; }

    /// <summary>A place in the same network whose processes are in a cgroup beside the nodes', so that the node's daemon does not serve them.</summary>
    /// <param name="name">A short word, or several with slashes between them for cgroups below each other.</param>
    public Place Aside(string name) => new PlainPlace($"{Name}/{name}", (IPv4, IPv6), Network, LabCgroup, $"aside-{name}");

    /// <summary>Gives the place one more address on its way out.</summary>
    /// <param name="network">The address and the length of its prefix: <c>10.244.1.200/24</c>.</param>
    public Task AddAddressAsync(string network) =>
        IpAsync(["address", "add", network, "dev", Device, .. network.Contains(':') ? ["nodad"] : Array.Empty<string>()]);

    /// <summary>Takes such an address away.</summary>
    public Task RemoveAddressAsync(string network) => IpAsync("address", "del", network, "dev", Device);

    /// <summary>Changes the place's network.</summary>
    /// <param name="arguments">Those of <c>ip</c>.</param>
    /// <exception cref="LabException">It failed.</exception>
    public async Task IpAsync(params string[] arguments) => (await RunAsync("ip", arguments)).MustSucceed();

    /// <summary>Writes a setting of the place's network.</summary>
    /// <param name="key">Its path below <c>/proc/sys/net</c>: <c>ipv4/conf/all/rp_filter</c>.</param>
    public void Tune(string key, string value) => Network.Run(() =>
    {
        Tuning.Set(key, value);
        return true;
    });

    /// <summary>Changes the place's network step by step, by one <c>ip -batch</c>.</summary>
    /// <exception cref="LabException">A step failed, and those after it were not tried.</exception>
    internal Task BatchAsync(IEnumerable<string> lines) => FeedAsync(string.Join('\n', lines) + "\n", "ip", "-batch", "-");

    /// <summary>Runs a program here that reads its standard input.</summary>
    /// <exception cref="LabException">It failed, or took longer than 30 s.</exception>
    internal async Task FeedAsync(string input, string program, params IEnumerable<string> arguments)
    {
        await using var process = Start(program, arguments);
        await process.WriteAsync(input);
        process.CloseInput();
        (await process.ResultAsync(Command.Patience)).MustSucceed();
    }

    /// <summary>Starts a program here. It is looked up in PATH.</summary>
    public LabProcess Start(string program, params IEnumerable<string> arguments) =>
        LabProcess.Start("sh", ["-c", Join, "sh", Cgroup, Network.Path, program, .. arguments]);

    /// <summary>Runs a program here to its end, whatever that is. Its standard input is empty.</summary>
    /// <exception cref="LabException">It takes longer than 30 s.</exception>
    public async Task<ProcessResult> RunAsync(string program, params IEnumerable<string> arguments)
    {
        await using var process = Start(program, arguments);
        process.CloseInput();
        var result = await process.ResultAsync(Command.Patience);
        return result with { Command = $"{Name}: {program} {string.Join(' ', arguments)}" };
    }

    /// <summary>Starts a Python program here, given as its text. The functions of <c>probe.py</c> are at hand in it.</summary>
    public LabProcess StartPython(string code) => Start(Programs.Python, PythonArguments(code));

    /// <summary>Runs a Python program here, given as its text, and returns what it printed. The functions of <c>probe.py</c> are at hand in it.</summary>
    /// <exception cref="LabException">It fails, or takes longer than 30 s.</exception>
    public async Task<string> PythonAsync(string code) =>
        (await RunAsync(Programs.Python, PythonArguments(code)) with { Command = $"{Name}: python3\n{code}" }).MustSucceed();

    /// <summary>
    /// Starts a server here that answers with the place's name on the ports of <see cref="ServerPorts"/>, over both families, and waits until it
    /// listens.
    /// </summary>
    public async Task<LabProcess> ServeAsync()
    {
        var server = Start(Programs.Python, "-S", "-E", "-u", "-c", Resource.Read("server.py"), Name, IPv4, IPv6);
        await server.Output.WaitForAsync("listening", Command.Patience);
        return server;
    }

    /// <summary>Starts a Python client here that stays, and is told what to do bit by bit.</summary>
    public PythonSession OpenPython() => new(this);

    /// <summary>A bound TCP socket of this process in this place's network namespace, for a server that runs inside a test.</summary>
    public Socket Bind(IPEndPoint endpoint) => Network.Run(() =>
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(endpoint);
        return socket;
    });

    public override string ToString() => Name;

    // -S -E: only the standard library, whatever is installed on the machine; -u: each line goes out at once.
    private protected static string[] PythonArguments(string code, params string[] arguments) =>
        ["-S", "-E", "-u", "-c", $"{Resource.Read("probe.py")}\n{code}", .. arguments];
}
