using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>Loggers to standard error. Verbosity as in klog: 0 for what an operator needs, 4 and more for debugging.</summary>
/// <param name="isJson">Whether each line is an object of JSON.</param>
internal sealed class StderrLoggerFactory(int verbosity, bool isJson, TimeProvider time) : ILoggerFactory
{
    private readonly LogLevel _lowest = verbosity switch { < 4 => LogLevel.Information, < 6 => LogLevel.Debug, _ => LogLevel.Trace };

    private readonly ILogLayout _layout = isJson ? new JsonLayout() : new TextLayout();

    public ILogger CreateLogger(string categoryName) =>
        new StderrLogger(categoryName[(categoryName.LastIndexOf('.') + 1)..], _lowest, _layout, time);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("there is one destination: standard error");

    public void Dispose()
    {
    }
}
