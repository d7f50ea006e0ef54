using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Events;

/// <summary>Tells the owners of Services what is wrong with them, as <c>kubectl describe</c> shows it. Safe to call from several threads.</summary>
public interface IEventRecorder
{
    /// <summary>
    /// Says that something is wrong with a Service. It returns at once and never fails; the same about the same Service within
    /// ten minutes is not said again.
    /// </summary>
    /// <param name="service">The Service; without a namespace it is a Node.</param>
    /// <param name="uid">As in <see cref="Service.Uid"/>.</param>
    /// <param name="reason">Why, in one word for machines: <c>UnknownAlgorithm</c>. At most 128 bytes.</param>
    /// <param name="action">What was being done, in one word for machines: <c>PlanService</c>. At most 128 bytes.</param>
    /// <param name="note">For people; the first 1024 bytes count.</param>
    void Warn(ObjectName service, Guid uid, string reason, string action, string note);

    /// <summary>Says what happened to a Service or a Node, nothing being wrong with it; otherwise as <see cref="Warn"/>.</summary>
    void Tell(ObjectName service, string reason, string action, string note);

    /// <summary>Completes when what was said before is heard, or cannot be.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}
