using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary>What a frontend leads to: the fields <c>options</c> and <c>service</c> of <c>struct frontend</c> in bpf/lib/types.h.</summary>
/// <param name="Options">The affinity timeout in seconds, and <c>FRONTEND_*</c>.</param>
/// <param name="Service">The id of the service port.</param>
internal readonly record struct FrontendTarget(uint Options, uint Service)
{
    private const uint AffinityMask = 0x1ffff;
    private const int AlgorithmShift = 17;
    private const uint RestrictedFlag = 1 << 20;
    private const uint AdmitsNodeFlag = 1 << 21;
    private const uint InternalLocal = 1 << 22;
    private const uint ExternalLocal = 1 << 23;
    private const int KindShift = 24;

    /// <summary>What the plan of a service port says of one of its frontends.</summary>
    internal FrontendTarget(ServicePortPlan plan, in Frontend frontend, uint service)
        : this(OptionsOf(plan, frontend), service)
    {
    }

    /// <summary>Both as they lie in memory.</summary>
    internal ulong Raw => BitConverter.IsLittleEndian ? (ulong)Service << 32 | Options : (ulong)Options << 32 | Service;

    /// <summary>Which policy's set answers clients on this node.</summary>
    internal TrafficPolicy Internal => (Options & InternalLocal) != 0 ? TrafficPolicy.Local : TrafficPolicy.Cluster;

    /// <summary>Which policy's set answers clients from outside.</summary>
    internal TrafficPolicy External => (Options & ExternalLocal) != 0 ? TrafficPolicy.Local : TrafficPolicy.Cluster;

    /// <summary>0 where there is no affinity.</summary>
    internal uint AffinitySeconds => Options & AffinityMask;

    internal BalancingAlgorithm Algorithm => (BalancingAlgorithm)(Options >> AlgorithmShift & 7);

    /// <summary>Whether <c>source_ranges</c> says who may dial it.</summary>
    internal bool IsRestricted => (Options & RestrictedFlag) != 0;

    /// <summary>Whether the node itself may dial it where it is restricted.</summary>
    internal bool AdmitsNode => (Options & AdmitsNodeFlag) != 0;

    internal FrontendKind Kind => (FrontendKind)(Options >> KindShift & 7);

    internal static FrontendTarget From(ulong raw) => BitConverter.IsLittleEndian
        ? new((uint)raw, (uint)(raw >> 32))
        : new((uint)(raw >> 32), (uint)raw);

    private static uint OptionsOf(ServicePortPlan plan, in Frontend frontend)
    {
        var options = (uint)Math.Min(plan.AffinityTimeout?.TotalSeconds ?? 0, AffinityMask)
            | (uint)plan.Algorithm << AlgorithmShift
            | (uint)frontend.Kind << KindShift
            | (frontend.Internal == TrafficPolicy.Local ? InternalLocal : 0)
            | (frontend.External == TrafficPolicy.Local ? ExternalLocal : 0);
        return frontend.Kind == FrontendKind.LoadBalancerIP && !plan.SourceRanges.IsEmpty
            ? options | RestrictedFlag | (plan.AdmitsNode ? AdmitsNodeFlag : 0)
            : options;
    }
}
