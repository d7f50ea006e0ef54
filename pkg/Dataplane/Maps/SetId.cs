using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary>Index into <c>sets</c>: each service port has two, one for each policy (<c>enum policy</c> in bpf/lib/types.h).</summary>
internal static class SetId
{
    /// <summary>How many sets there are for so many service ports.</summary>
    internal static int CountFor(int services) => 2 * services;

    internal static uint Of(uint service, TrafficPolicy policy) => 2 * service + (uint)policy;
}
