namespace KubeProxyNext.Laboratory;

/// <summary>The lines that a process printed so far, for reading and for waiting on. Safe for use from several threads.</summary>
public sealed class LineLog
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    /// <summary>How many lines there are: the place to wait from for what comes next.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _lines.Count;
            }
        }
    }

    /// <summary>Waits for the first line, from number <paramref name="from"/> on, that contains a text.</summary>
    /// <exception cref="LabException">The stream ended, or the time was up, without such a line; the message holds what was printed.</exception>
    public async Task<string> WaitForAsync(string text, TimeSpan within, int from = 0, CancellationToken cancellation = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(within);
        try
        {
            while (true)
            {
                var (found, ended, changed) = Find(text, from);
                if (found is not null)
                {
                    return found;
                }

                if (ended)
                {
                    throw new LabException($"the output ended without a line that says '{text}':\n{this}");
                }

                await changed.WaitAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new LabException($"no line that says '{text}' within {within.TotalSeconds} s:\n{this}");
        }
    }

    public override string ToString()
    {
        lock (_lock)
        {
            return string.Join('\n', _lines);
        }
    }

    /// <summary>Reads a stream to its end, line by line.</summary>
    internal async Task FillAsync(TextReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            Change(() => _lines.Add(line));
        }

        Change(() => _ended = true);
    }

    private (string? Found, bool Ended, Task Changed) Find(string text, int from)
    {
        lock (_lock)
        {
            var found = _lines.Skip(from).FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal));
            return (found, _ended, _changed.Task);
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
