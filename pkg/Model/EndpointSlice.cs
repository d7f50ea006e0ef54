namespace KubeProxyNext.Model;

/// <summary>The conditions of an endpoint, defaults filled in: ready and serving unless said otherwise (behaviour 3.1).</summary>
[Flags]
public enum EndpointConditions : byte
{
    None = 0,
    Ready = 1,
    Serving = 2,
    Terminating = 4,
}

/// <summary>One entry of a slice's <c>ports</c>; it joins the service port of equal name and protocol.</summary>
public readonly record struct SlicePort(string Name, Protocol Protocol, ushort Port);

/// <summary>One entry of a slice's <c>endpoints</c>.</summary>
/// <param name="Ip">The first of its addresses; the others do not count.</param>
/// <param name="NodeName">Null where the slice does not say.</param>
/// <param name="ZoneHints">Names of <c>hints.forZones</c>; empty is "no hint".</param>
/// <param name="NodeHints">Names of <c>hints.forNodes</c>; empty is "no hint".</param>
public readonly record struct Endpoint(
    IpAddress Ip,
    EndpointConditions Conditions = EndpointConditions.Ready | EndpointConditions.Serving,
    string? NodeName = null,
    ValueArray<string> ZoneHints = default,
    ValueArray<string> NodeHints = default)
{
    public bool IsReady => (Conditions & EndpointConditions.Ready) != 0;

    public bool IsServing => (Conditions & EndpointConditions.Serving) != 0;

    public bool IsTerminating => (Conditions & EndpointConditions.Terminating) != 0;
}

/// <summary>An EndpointSlice, unusable ports and endpoints already left out (behaviour 3.1).</summary>
public sealed record EndpointSlice
{
    /// <summary>The slice's own name, its identity: a slice whose service-name label changes moves to the other Service (behaviour 1.4).</summary>
    public required ObjectName Name { get; init; }

    /// <summary>The Service it belongs to: its own namespace and the value of the <c>kubernetes.io/service-name</c> label.</summary>
    public required ObjectName Service { get; init; }

    /// <summary>As <c>addressType</c> says; a decoder has left out addresses of the other family.</summary>
    public required IpFamily Family { get; init; }

    public ValueArray<SlicePort> Ports { get; init; }

    public ValueArray<Endpoint> Endpoints { get; init; }

    /// <summary>The annotation <c>endpoints.kubernetes.io/last-change-trigger-time</c>, where it can be parsed.</summary>
    public DateTimeOffset? TriggerTime { get; init; }

    /// <summary>The annotations under <c>kube-proxy-next.io/</c>, sorted by key; all others are left out.</summary>
    public ValueArray<KeyValuePair<string, string>> Annotations { get; init; }
}
