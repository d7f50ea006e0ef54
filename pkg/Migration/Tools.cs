using System.ComponentModel;
using System.Diagnostics;

namespace KubeProxyNext.Migration;

/// <summary>How a tool ended, and what it printed.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Errors);

/// <summary>Finds and runs the tools of this machine that know rules of netfilter and of IPVS.</summary>
/// <param name="folders">Where they are looked for.</param>
internal sealed class Tools(params IReadOnlyList<string> folders)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Those of <c>PATH</c>, and where such tools usually are: services often have a short <c>PATH</c>.</summary>
    internal static Tools OfMachine { get; } =
        new([.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/sbin", "/sbin"]);

    internal bool Has(string name) => Find(name) is not null;

    /// <summary>Runs a tool that is there to its end, in the network namespace of the calling thread.</summary>
    /// <exception cref="MigrationException">It could not be started, or did not end.</exception>
    internal ToolResult Run(string name, IEnumerable<string> arguments, string input = "")
    {
        try
        {
            using var process = Process.Start(StartOf(Find(name) ?? name, arguments))!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            Feed(process, input);
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
                throw new MigrationException($"{name} did not end within {Patience.TotalMinutes} minutes");
            }

            process.WaitForExit();
            return new(process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult().Trim());
        }
        catch (Win32Exception error)
        {
            throw new MigrationException($"{name} could not be started: {error.Message}");
        }
    }

    /// <summary>As <see cref="Run"/>, of a tool that must succeed.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="MigrationException">It failed.</exception>
    internal string Succeed(string name, IEnumerable<string> arguments, string input = "") => Run(name, arguments, input) switch
    {
        { ExitCode: 0 } result => result.Output,
        var failed => throw new MigrationException($"{name} {string.Join(' ', arguments)}: {failed.Errors} (exit code {failed.ExitCode})"),
    };

    private static ProcessStartInfo StartOf(string path, IEnumerable<string> arguments) => new(path, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    // A tool that does not want all of it says why.
    private static void Feed(Process process, string input)
    {
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
        }
    }

    private string? Find(string name) => folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
