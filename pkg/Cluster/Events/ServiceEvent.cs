using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Events;

/// <summary>A warning about a Service.</summary>
/// <param name="Uid">Empty where it is not known.</param>
/// <param name="Time">UTC; no two events of one recorder have the same.</param>
internal sealed record ServiceEvent(ObjectName Service, Guid Uid, string Reason, string Action, string Note, DateTimeOffset Time)
{
    /// <summary>As client-go names events: the time in nanoseconds makes it one of a kind.</summary>
    public string Name => $"{Service.Name}.{(Time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick:x}";
}
