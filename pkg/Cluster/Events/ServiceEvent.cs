using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Events;

/// <summary>What is said of a Service, or of a Node: that has no namespace.</summary>
/// <param name="Uid">Empty where it is not known.</param>
/// <param name="Time">UTC; no two events of one recorder have the same.</param>
internal sealed record ServiceEvent(ObjectName Service, Guid Uid, bool IsWarning, string Reason, string Action, string Note, DateTimeOffset Time)
{
    public bool IsOfNode => Service.Namespace.Length == 0;

    /// <summary>Where the event itself is: those of what has no namespace are in the first one.</summary>
    public string Namespace => IsOfNode ? "default" : Service.Namespace;

    /// <summary>As client-go names events: the time in nanoseconds makes it one of a kind.</summary>
    public string Name => $"{Service.Name}.{(Time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick:x}";
}
