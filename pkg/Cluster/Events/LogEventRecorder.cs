using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster.Events;

/// <summary>Writes to the log what would be an Event if there were an API server.</summary>
public sealed class LogEventRecorder(ILogger<LogEventRecorder> logger, TimeProvider time) : IEventRecorder
{
    private readonly Lock _lock = new();
    private readonly RecentEvents _recent = new(time);

    /// <inheritdoc/>
    public void Warn(ObjectName service, Guid uid, string reason, string action, string note) => Log(service, reason, note);

    /// <inheritdoc/>
    public void Tell(ObjectName service, string reason, string action, string note) => Log(service, reason, note);

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Log(ObjectName service, string reason, string note)
    {
        lock (_lock)
        {
            if (_recent.Has(service, reason, note))
            {
                return;
            }

            _recent.Add(service, reason, note);
        }

        EventsLog.Warned(logger, service, reason, note);
    }
}
