using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>
/// Which Services need programs at devices that pods are behind: those whose clients from outside get any backend, so by the node's
/// address and back by the same way; and SCTP, which no socket hook serves. All other pods' packets do not pay for programs there.
/// </summary>
internal sealed class PodDeviceNeeds
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the first of them. It stays so: devices do not lose their programs for a Service that comes and goes.</summary>
    internal Task First => _first.Task;

    internal void Take(ServicePlan plan)
    {
        if (!_first.Task.IsCompleted && plan.Ports.Any(Needs))
        {
            _first.TrySetResult();
        }
    }

    private static bool Needs(ServicePortPlan port) => port.Protocol == Protocol.Sctp
        || port.Frontends.Any(frontend => IsExternal(frontend.Kind) && frontend.External == TrafficPolicy.Cluster);

    private static bool IsExternal(FrontendKind kind) => kind is FrontendKind.NodePort or FrontendKind.LoadBalancerIP or FrontendKind.ExternalIP;
}
