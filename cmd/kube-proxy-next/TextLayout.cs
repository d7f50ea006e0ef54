using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>The head that Kubernetes components use (klog): severity, month and day, time, process id, category.</summary>
internal sealed class TextLayout : ILogLayout
{
    public string Line(
        LogLevel level, string category, string message, IReadOnlyList<KeyValuePair<string, object?>> values, Exception? exception, DateTimeOffset time)
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{Severity(level)}{time:MMdd HH:mm:ss.ffffff} {Environment.ProcessId,7} {category}] {message}");
        if (exception is not null)
        {
            line.Append(": ").Append(exception.Message);
        }

        return Readable(line.Replace("\r", "").Replace("\n", "\\n")).ToString();
    }

    // What somebody wrote into an object must not move the cursor of whoever reads the log.
    private static StringBuilder Readable(StringBuilder line)
    {
        for (var i = 0; i < line.Length; i++)
        {
            line[i] = char.IsControl(line[i]) && line[i] != '\t' ? '?' : line[i];
        }

        return line;
    }

    private static char Severity(LogLevel level) => level switch
    {
        LogLevel.Critical => 'F',
        LogLevel.Error => 'E',
        LogLevel.Warning => 'W',
        _ => 'I',
    };
}
