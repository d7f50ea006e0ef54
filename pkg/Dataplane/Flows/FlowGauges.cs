namespace KubeProxyNext.Dataplane.Flows;

/// <summary>What a sweep left.</summary>
/// <param name="Entries">Entries of <c>flows</c>, each direction by itself.</param>
/// <param name="Connections">Connections that go on, towards backends of now.</param>
public readonly record struct FlowGauges(ulong Entries, ulong Connections);
