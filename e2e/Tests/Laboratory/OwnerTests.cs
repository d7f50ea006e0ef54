using System.Diagnostics;

namespace KubeProxyNext.EndToEnd.Laboratory;

/// <summary>The owner of a laboratory may end as it likes: nothing stays. The demo is such an owner.</summary>
internal sealed class OwnerTests
{
    private string _daemon = null!;

    [OneTimeSetUp]
    public void WriteDaemonThatIsNeverReady()
    {
        _daemon = Path.GetTempFileName();
        File.WriteAllText(_daemon, "#!/bin/sh\nexec sleep 60\n");
        File.SetUnixFileMode(_daemon, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    [OneTimeTearDown]
    public void RemoveDaemon() => File.Delete(_daemon);

    [TestCase(9, 128 + 9)]
    [TestCase(15, 130)]
    [TestCase(2, 130)]
    public async Task Owner_GetsASignal_NothingStays(int signal, int exitCode)
    {
        var host = await Host.FindAsync(CancellationToken.None);
        using var demo = StartDemo();
        var id = await ReadIdAsync(demo.StandardOutput);
        Assert.That(Leftovers.Find(host), Does.Contain(id));

        Process.Start("kill", [$"-{signal}", $"{demo.Id}"]).WaitForExit();
        await demo.WaitForExitAsync();

        Assert.That(demo.ExitCode, Is.EqualTo(exitCode));
        await Eventually.SeesAsync(
            $"{id} is gone", () => Task.FromResult(string.Join(' ', Leftovers.Find(host))), left => !left.Split(' ').Contains($"{id}"));
    }

    private Process StartDemo()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "KubeProxyNext.Demo")) { RedirectStandardOutput = true };
        start.Environment[Binary.Variable] = _daemon;
        return Process.Start(start)!;
    }

    private static async Task<LabId> ReadIdAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            var at = line.IndexOf(LabId.Prefix, StringComparison.Ordinal);
            if (at >= 0 && LabId.TryParse(line[at..].TrimEnd(), out var id))
            {
                return id;
            }
        }

        throw new LabException("the demo named no laboratory");
    }
}
