namespace KubeProxyNext.Laboratory;

/// <summary>
/// The real program at work on one node, as a hostNetwork pod: in the node's network namespace and below its cgroup. Disposing kills it; what it
/// put into the kernel stays until <see cref="CleanupAsync"/> or the laboratory's end.
/// </summary>
public sealed class Daemon : IAsyncDisposable
{
    private static readonly TimeSpan UntilReady = TimeSpan.FromSeconds(20);

    private Daemon(Node node, LabProcess process) => (Node, Process) = (node, process);

    public Node Node { get; }

    public LabProcess Process { get; }

    /// <summary>What the program logs: its standard error.</summary>
    public LineLog Log => Process.Errors;

    /// <summary>Starts the program on a node without waiting for it.</summary>
    /// <param name="arguments">What comes beside the node's own <c>--cgroup</c>, <c>--bpffs</c> and <c>--hostname-override</c>.</param>
    public static Daemon Start(Node node, params IEnumerable<string> arguments) => Start(Binary.Path, node, arguments);

    /// <summary>Starts another program in its place.</summary>
    /// <param name="program">Its path.</param>
    public static Daemon Start(string program, Node node, params IEnumerable<string> arguments) =>
        new(node, node.Start(program, ArgumentsFor(node, arguments)));

    /// <summary>Starts the program on a node with its log in a file, so that it can outlive this process.</summary>
    public static void StartLoggingTo(string file, Node node, params IEnumerable<string> arguments) =>
        node.Start("sh", ["-c", """log=$1; shift; exec "$@" >"$log" 2>&1 """, "sh", file, Binary.Path, .. ArgumentsFor(node, arguments)]);

    /// <summary>Starts the program on a node, and waits until its first sync is in the kernel.</summary>
    /// <exception cref="LabException">It ended instead, or was not ready within 20 s; the message holds its log.</exception>
    public static async Task<Daemon> StartReadyAsync(Node node, params IEnumerable<string> arguments)
    {
        var daemon = Start(node, arguments);
        await daemon.Log.WaitForAsync("Ready:", UntilReady);
        return daemon;
    }

    /// <summary>Waits until the program serves packets at these devices of the node.</summary>
    /// <exception cref="LabException">It ended instead, or did not within 20 s; the message holds its log.</exception>
    public async Task ServesAtAsync(params IEnumerable<string> devices)
    {
        foreach (var device in devices)
        {
            await Log.WaitForAsync($"Serves packets at device {device} ", UntilReady);
        }
    }

    /// <summary>Takes a node's dataplane away with <c>cleanup</c>.</summary>
    /// <returns>What that printed.</returns>
    /// <exception cref="LabException">It failed.</exception>
    public static async Task<string> CleanupAsync(Node node) =>
        (await node.RunAsync(Binary.Path, "cleanup", "--bpffs", node.BpfFolder)).MustSucceed();

    private static string[] ArgumentsFor(Node node, IEnumerable<string> more) =>
        ["run", "--cgroup", node.NodeCgroup, "--bpffs", node.BpfFolder, "--hostname-override", node.Name, .. more];

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
