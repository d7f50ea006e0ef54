using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>
/// Writes one line to standard error for each entry, with the head that Kubernetes components use (klog): severity, month and
/// day, time, process id, category.
/// </summary>
internal sealed class StderrLogger(string category, LogLevel lowest, TimeProvider time) : ILogger
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

        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture,
            $"{Severity(logLevel)}{time.GetLocalNow():MMdd HH:mm:ss.ffffff} {Environment.ProcessId,7} {category}] {formatter(state, exception)}");
        if (exception is not null)
        {
            line.Append(": ").Append(exception.Message);
        }

        line.Replace("\r", "").Replace("\n", "\\n").Append('\n');
        lock (Writing)
        {
            Console.Error.Write(line.ToString());
        }
    }

    private static char Severity(LogLevel level) => level switch
    {
        LogLevel.Critical => 'F',
        LogLevel.Error => 'E',
        LogLevel.Warning => 'W',
        _ => 'I',
    };
}
