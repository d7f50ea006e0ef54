using System.Diagnostics;

namespace KubeProxyNext.Unit.Netlink;

/// <summary>Runs a program to its end.</summary>
internal static class Shell
{
    /// <summary>Fails where the program does.</summary>
    internal static void Run(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, $"{program} {string.Join(' ', arguments)}");
    }
}
