using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>Writes one line to standard error for each entry.</summary>
internal sealed class StderrLogger(string category, LogLevel lowest, ILogLayout layout, TimeProvider time) : ILogger
{
    private static readonly Lock Writing = new();
    private static int _lost;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= lowest && logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        var now = time.GetLocalNow();
        var line = layout.Line(logLevel, category, formatter(state, exception), values, exception, now) + "\n";
        lock (Writing)
        {
            _lost = StandardError.TryWrite(_lost == 0 ? line : Gap(now) + line) ? 0 : _lost + 1;
        }
    }

    private string Gap(DateTimeOffset now) =>
        layout.Line(LogLevel.Warning, category, $"{_lost} lines before this one could not be written", [], null, now) + "\n";
}
