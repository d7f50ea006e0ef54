using System.Diagnostics;

namespace KubeProxyNext.Laboratory;

/// <summary>A running process whose output is kept line by line. Disposing kills it, if it still runs, and waits for its end.</summary>
public sealed class LabProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _command;
    private readonly Task _reading;
    private bool _disposed;

    private LabProcess(Process process, string command)
    {
        (_process, _command) = (process, command);
        _reading = Task.WhenAll(Output.FillAsync(process.StandardOutput), Errors.FillAsync(process.StandardError));
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Standard output.</summary>
    public LineLog Output { get; } = new();

    /// <summary>Standard error.</summary>
    public LineLog Errors { get; } = new();

    /// <summary>Starts a program of this machine, where the caller is.</summary>
    public static LabProcess Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new LabException($"{program} did not start");
        return new(process, $"{program} {string.Join(' ', start.ArgumentList)}");
    }

    /// <summary>Sends a signal. A process that has ended already is left alone.</summary>
    public void Signal(Signal signal)
    {
        if (!_process.HasExited)
        {
            _ = Native.kill(_process.Id, (int)signal);
        }
    }

    /// <summary>Writes to standard input. Text that the process ended too early to read is dropped: how it ended tells more.</summary>
    public async Task WriteAsync(string text)
    {
        try
        {
            await _process.StandardInput.WriteAsync(text);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Closes standard input: the process reads its end.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Waits for the end of the process and of its output.</summary>
    /// <exception cref="LabException">It did not end in time, and was killed; the message holds what it printed.</exception>
    public async Task<ProcessResult> ResultAsync(TimeSpan within, CancellationToken cancellation = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(within);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            await _reading.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Signal(Laboratory.Signal.Kill);
            cancellation.ThrowIfCancellationRequested();
            throw new LabException($"{_command}: no end within {within.TotalSeconds} s\n{Output}\n{Errors}");
        }

        return new(_command, _process.ExitCode, Output.ToString().TrimEnd(), Errors.ToString().TrimEnd());
    }

    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            Signal(Laboratory.Signal.Kill);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }
}
