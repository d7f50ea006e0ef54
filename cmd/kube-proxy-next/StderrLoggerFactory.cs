using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>Loggers to standard error. Verbosity as in klog: 0 for what an operator needs, 4 and more for debugging.</summary>
internal sealed class StderrLoggerFactory(int verbosity, TimeProvider time) : ILoggerFactory
{
    private readonly LogLevel _lowest = verbosity switch { < 4 => LogLevel.Information, < 6 => LogLevel.Debug, _ => LogLevel.Trace };

    public ILogger CreateLogger(string categoryName) =>
        new StderrLogger(categoryName[(categoryName.LastIndexOf('.') + 1)..], _lowest, time);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("there is one destination: standard error");

    public void Dispose()
    {
    }
}
