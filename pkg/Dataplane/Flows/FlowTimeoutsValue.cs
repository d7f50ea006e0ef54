using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace KubeProxyNext.Dataplane.Flows;

/// <summary><c>flow_timeouts</c> in bpf/lib/expiry.h, by <see cref="FlowState"/>.</summary>
[InlineArray((int)FlowState.SctpClosed + 1)]
[SuppressMessage("Style", "IDE0044", Justification = "written by index")]
internal struct FlowTimeoutsValue
{
    private uint _first;
}
