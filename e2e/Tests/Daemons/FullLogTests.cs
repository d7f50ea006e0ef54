using System.Diagnostics;

namespace KubeProxyNext.EndToEnd.Daemons;

/// <summary>The disk under the log is full: lines are lost, and nothing else.</summary>
[CancelAfter(60_000)]
[RequiresBpf]
internal sealed class FullLogTests
{
    private string _folder = null!;

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("kpn-log-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [TestCase("--bogus", 2)]
    [TestCase("--source /nonexistent --bpffs /nonexistent", 1)]
    public async Task NoLineCanBeWritten_TheExitCodeTellsWhatItWas(string arguments, int expected)
    {
        using var process = Process.Start("sh", ["-c", "exec \"$0\" \"$@\" 2>/dev/full", Binary.Path, .. arguments.Split(' ')]);
        await process.WaitForExitAsync(TestContext.CurrentContext.CancellationToken);

        Assert.That(process.ExitCode, Is.EqualTo(expected));
    }

    [Test]
    public async Task DiskIsFull_ServicesAreServed_AndLinesComeAgainWhenThereIsRoom()
    {
        await using var cluster = await RunningCluster.BuildAsync();
        await using var disk = await SmallDisk.MountAsync(_folder);
        cluster.Manifests.Apply(new ServiceManifest("first", "10.96.71.1").Port(80, ServerPorts.Greeting).Backends(cluster.Webs[2]));
        await using var daemon = Daemon.Start(Script(disk.Log), cluster.NodeA, "--source", cluster.Manifests.Path, "--v", "4");
        await RunningCluster.SeesAsync(cluster.Client, "10.96.71.1", "web-3");

        disk.MakeRoom();
        cluster.Manifests.Apply(new ServiceManifest("second", "10.96.71.2").Port(80, ServerPorts.Greeting).Backends(cluster.Webs[2]));
        await RunningCluster.SeesAsync(cluster.Client, "10.96.71.2", "web-3");

        await Eventually.SeesAsync("the log", () => File.ReadAllTextAsync(disk.Log), log => log.Contains("lines before this one could not be written") && log.Contains("Synced"));
        Assert.That(daemon.Process.HasExited, Is.False);
    }

    // The program with its log on that disk.
    private string Script(string log)
    {
        var script = Path.Combine(_folder, "program");
        File.WriteAllText(script, $"#!/bin/sh\nexec {Binary.Path} \"$@\" 2>>{log}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return script;
    }

    /// <summary>A tmpfs without room.</summary>
    private sealed class SmallDisk : IAsyncDisposable
    {
        private readonly string _folder;

        private SmallDisk(string folder) => _folder = folder;

        public string Log => Path.Combine(_folder, "log");

        private string Ballast => Path.Combine(_folder, "ballast");

        public static async Task<SmallDisk> MountAsync(string below)
        {
            var disk = new SmallDisk(Directory.CreateDirectory(Path.Combine(below, "disk")).FullName);
            await RunAsync("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk._folder);
            await RunAsync("sh", "-c", $"head -c 64k /dev/zero >{disk.Ballast}");
            return disk;
        }

        public void MakeRoom() => File.Delete(Ballast);

        public async ValueTask DisposeAsync() => await RunAsync("umount", "--lazy", _folder);

        private static async Task RunAsync(string program, params string[] arguments)
        {
            using var process = Process.Start(program, arguments);
            await process.WaitForExitAsync();
            Assert.That(process.ExitCode, Is.Zero, program);
        }
    }
}
