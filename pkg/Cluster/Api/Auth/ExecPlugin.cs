using System.ComponentModel;
using System.Diagnostics;
using KubeProxyNext.Cluster.Api.Config;

namespace KubeProxyNext.Cluster.Api.Auth;

/// <summary>Runs a credential plugin.</summary>
internal static class ExecPlugin
{
    private const int LongestOutput = 1 << 20;
    private const int LongestComplaint = 400;

    /// <summary>What the plugin wrote to its standard output.</summary>
    /// <exception cref="ApiConfigException">It cannot be started, failed, or took too long.</exception>
    public static async Task<byte[]> RunAsync(ExecConfig exec, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        using var process = Start(exec);
        try
        {
            process.StandardInput.Close();
            var output = ReadAsync(process.StandardOutput.BaseStream, LongestOutput, either.Token);
            var complaint = ReadAsync(process.StandardError.BaseStream, LongestOutput, either.Token);
            await Task.WhenAll(output, complaint);
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0
                ? await output
                : throw Failure(exec, $"exit code {process.ExitCode}: {Shorten(await complaint)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failure(exec, $"no answer within {timeout.TotalSeconds:0} s");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static Process Start(ExecConfig exec)
    {
        var start = new ProcessStartInfo(exec.Command, exec.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in exec.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["KUBERNETES_EXEC_INFO"] = Info(exec);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw Failure(exec, $"cannot be started: {e.Message}");
        }
    }

    private static string Info(ExecConfig exec)
    {
        var cluster = exec.ClusterInfo is { } info ? $"\"cluster\":{info}," : "";
        return $$$"""{"kind":"ExecCredential","apiVersion":"{{{exec.ApiVersion}}}","spec":{{{{cluster}}}"interactive":false}}""";
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[4096];
        for (int n; (n = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            bytes.Write(buffer, 0, (int)Math.Min(n, limit - bytes.Length));
        }

        return bytes.ToArray();
    }

    private static string Shorten(byte[] complaint)
    {
        var text = System.Text.Encoding.UTF8.GetString(complaint).Trim();
        return text.Length > LongestComplaint ? text[..LongestComplaint] + "..." : text;
    }

    private static ApiConfigException Failure(ExecConfig exec, string problem) =>
        new($"credential plugin {exec.Command}: {problem}" + (exec.InstallHint is { } hint ? $"\n{hint}" : ""));
}
