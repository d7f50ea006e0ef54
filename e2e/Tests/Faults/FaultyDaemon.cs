using System.Runtime.InteropServices;

namespace KubeProxyNext.EndToEnd.Faults;

/// <summary>Starts of the program in which the kernel refuses one call of bpf(2) (fault.c).</summary>
internal sealed class FaultyDaemon : IDisposable
{
    private const int Commands = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kpn-faults-");

    private string Shim => Path.Combine(_folder.FullName, "fault.so");

    private string Counts => Path.Combine(_folder.FullName, "counts");

    internal static async Task<FaultyDaemon> BuildAsync(Node node)
    {
        var built = new FaultyDaemon();
        var source = Path.Combine(built._folder.FullName, "fault.c");
        using (var resource = typeof(FaultyDaemon).Assembly.GetManifestResourceStream("fault.c")!)
        using (var file = File.Create(source))
        {
            await resource.CopyToAsync(file);
        }

        (await node.RunAsync("clang", "-shared", "-fPIC", "-O1", "-o", built.Shim, source, "-ldl")).MustSucceed();
        return built;
    }

    /// <summary>Starts without a fault, and counts the calls until it is ready: by command.</summary>
    internal async Task<IReadOnlyList<int>> CountAsync(Node node, params IEnumerable<string> arguments)
    {
        await StartAsync(node, "-1:0:0", arguments);
        return MemoryMarshal.Cast<byte, int>(await File.ReadAllBytesAsync(Counts)).ToArray()[..Commands];
    }

    /// <summary>Starts with a fault, and ends it when it is ready, if it is by then.</summary>
    /// <returns>What it logged, and its exit code; null where it was ready.</returns>
    internal async Task<(int? ExitCode, string Log)> StartAsync(Node node, string fault, params IEnumerable<string> arguments)
    {
        await using var process = node.Start("env",
            ["LD_PRELOAD=" + Shim, "FAULT=" + fault, "FAULT_COUNTS=" + Counts, Binary.Path, "run", "--cgroup", node.NodeCgroup, "--bpffs", node.BpfFolder,
                "--hostname-override", node.Name, .. arguments]);
        try
        {
            await process.Errors.WaitForAsync("Ready:", Patience);
        }
        catch (LabException)
        {
            // It ended instead, or hangs: how it ends tells.
        }

        process.Signal(Signal.Terminate);
        var end = await process.ResultAsync(Patience);
        var log = process.Errors.ToString();
        return (log.Contains("Ready:", StringComparison.Ordinal) ? null : end.ExitCode, log);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
