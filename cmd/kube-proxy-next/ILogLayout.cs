using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>How a line of the log looks.</summary>
internal interface ILogLayout
{
    /// <param name="values">What the message is made of, by name.</param>
    /// <returns>One line, without its end.</returns>
    string Line(LogLevel level, string category, string message, IReadOnlyList<KeyValuePair<string, object?>> values, Exception? exception, DateTimeOffset time);
}
