using System.Diagnostics;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Netlink;

/// <summary>A network namespace that a shell lives in, and that goes with it: nothing stays behind, however the tests end.</summary>
internal sealed class TemporaryNetwork : IDisposable
{
    private readonly Process _shell = Process.Start(new ProcessStartInfo("unshare", ["--net", "sh"])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    internal TemporaryNetwork()
    {
        // Answers once the shell runs inside.
        Do("link set lo up");
        Namespace = NetworkNamespace.Open($"/proc/{_shell.Id}/ns/net");
    }

    /// <summary>The family that <c>ip</c> is told about, where the lines do not say it; null for IPv4.</summary>
    internal IpFamily? Family { get; init; }

    internal int ProcessId => _shell.Id;

    internal NetworkNamespace Namespace { get; }

    /// <summary>Lets <c>ip</c> do each of the lines, in one process.</summary>
    internal void Do(params IEnumerable<string> lines)
    {
        _shell.StandardInput.Write($"ip {(Family is { } family ? $"-{(int)family} " : "")}-batch - <<'END'\n{string.Join('\n', lines)}\nEND\necho $?\n");
        _shell.StandardInput.Flush();
        Assert.That(_shell.StandardOutput.ReadLine(), Is.EqualTo("0"), "ip said no");
    }

    internal T Run<T>(Func<T> action) => NetworkNamespaces.Run(Namespace, action);

    public void Dispose()
    {
        Namespace.Dispose();
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
    }
}
