using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>Writes one line to standard error for each entry.</summary>
internal sealed class StderrLogger(string category, LogLevel lowest, ILogLayout layout, TimeProvider time) : ILogger
{
    private static readonly Lock Writing = new();

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
        var line = layout.Line(logLevel, category, formatter(state, exception), values, exception, time.GetLocalNow()) + "\n";
        lock (Writing)
        {
            Console.Error.Write(line);
        }
    }
}
