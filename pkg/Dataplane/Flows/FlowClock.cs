using KubeProxyNext.Bpf;

namespace KubeProxyNext.Dataplane.Flows;

/// <summary>The clock of flows: ticks of so many jiffies (<c>FLOW_TICK_SHIFT</c> in bpf/lib/packet_types.h).</summary>
internal static class FlowClock
{
    internal static uint Now => (uint)(Jiffies.Now / FlowTimeouts.JiffiesPerTick);

    /// <summary>From one tick to a later one; nothing where that is not later.</summary>
    internal static TimeSpan Between(uint then, uint now) => Jiffies.Length * FlowTimeouts.JiffiesPerTick * Math.Max(0, (int)(now - then));
}
