using System.Diagnostics;
using KubeProxyNext.Laboratory;
using KubeProxyNext.Unit.Manifests;

namespace KubeProxyNext.Unit.ClusterChecks;

/// <summary>
/// A folder of programs that stand in for docker, kind, k3d, kubectl and make: real processes that write down how they are called, and answer as the
/// real ones do of a cluster that works.
/// </summary>
internal sealed class StandIns : IDisposable
{
    public const string Cluster = "kpn-test";

    /// <summary>How long a run may take before it counts as hung: it starts hundreds of processes, and the machine may be busy.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("kpn-stand-ins-").FullName;

    /// <param name="isDualStack">Whether the cluster that they tell of has IPv6.</param>
    public StandIns(string tool, bool isDualStack)
    {
        // Whoever was killed has left it.
        RemoveRunFolder();
        Write("stand-in", Resource("stand-in.sh"));
        File.SetUnixFileMode(Path.Combine(_folder, "stand-in"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        foreach (var program in new[] { "docker", tool, "kubectl", "make" })
        {
            File.CreateSymbolicLink(Path.Combine(_folder, program), "stand-in");
        }

        foreach (var program in new[] { "env", "setsid" })
        {
            File.CreateSymbolicLink(Path.Combine(_folder, program), $"/usr/bin/{program}");
        }

        Write("calls", "");
        StandInCluster.Write(tool, Cluster, isDualStack, Write);
    }

    /// <summary>Where a run of this cluster keeps its files.</summary>
    public static string RunFolder => Path.Combine(Sources.Root, "out/cluster-checks", Cluster);

    /// <summary>All calls so far, in their order, without the option that all of kubectl's have.</summary>
    public IReadOnlyList<string> Calls =>
        [.. File.ReadAllLines(Path.Combine(_folder, "calls")).Select(line => line.Replace($"kubectl --kubeconfig out/cluster-checks/{Cluster}/kubeconfig", "kubectl"))];

    /// <summary>What a program was given to read.</summary>
    public string InputOf(string program) => File.ReadAllText(Path.Combine(_folder, $"input.{program}"));

    /// <summary>Makes calls that contain a text do something else: shell code, in which <c>hang</c> waits for a signal.</summary>
    public void Otherwise(string call, string code) =>
        File.AppendAllText(Path.Combine(_folder, "otherwise.sh"), $"case $call in *'{call}'*) {code} ;; esac\n");

    /// <summary>Makes a file that code of <see cref="Otherwise"/> looks for.</summary>
    public void Touch(string file) => Write(file, "");

    public void Remove(string program) => File.Delete(Path.Combine(_folder, program));

    /// <summary>Starts the checks, with these programs and no others, in a process group of their own, as from a shell.</summary>
    public LabProcess Start(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "KubeProxyNext.ClusterChecks");
        return LabProcess.Start("setsid", ["env", $"PATH={_folder}", program, .. arguments, "--name", Cluster]);
    }

    /// <summary>Runs the checks to their end.</summary>
    public async Task<ProcessResult> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        return await process.ResultAsync(Patience);
    }

    /// <summary>Waits until a program was called, or wrote, so.</summary>
    public async Task WaitForAsync(string text)
    {
        var waiting = Stopwatch.StartNew();
        while (!Calls.Any(call => call.Contains(text, StringComparison.Ordinal)))
        {
            Assert.That(waiting.Elapsed, Is.LessThan(Patience), $"no '{text}' among:\n{string.Join('\n', Calls)}");
            await Task.Delay(20);
        }
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        RemoveRunFolder();
    }

    private static void RemoveRunFolder()
    {
        if (Directory.Exists(RunFolder))
        {
            Directory.Delete(RunFolder, recursive: true);
        }
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);

    private static string Resource(string name)
    {
        using var stream = typeof(StandIns).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
