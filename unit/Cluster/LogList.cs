using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Unit.Cluster;

/// <summary>Keeps what is logged, from the level debug up.</summary>
internal sealed class LogList
{
    private readonly Lock _lock = new();
    private readonly List<(LogLevel Level, string Text)> _lines = [];
    private readonly TaskCompletionSource<string> _firstError = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<(LogLevel Level, string Text)> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The texts of the error lines.</summary>
    public IReadOnlyList<string> Errors => [.. Lines.Where(l => l.Level == LogLevel.Error).Select(l => l.Text)];

    /// <summary>The first error line, as soon as there is one.</summary>
    public Task<string> FirstErrorAsync() => _firstError.Task.WaitAsync(TimeSpan.FromSeconds(20));

    public ILogger<T> For<T>() => new Logger<T>(this);

    private void Add(LogLevel level, string text)
    {
        lock (_lock)
        {
            _lines.Add((level, text));
        }

        if (level == LogLevel.Error)
        {
            _firstError.TrySetResult(text);
        }
    }

    private sealed class Logger<T>(LogList list) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            list.Add(logLevel, formatter(state, exception));
    }
}
