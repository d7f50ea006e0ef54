namespace KubeProxyNext.Telemetry;

/// <summary>What the newest sweep found in the table of flows.</summary>
/// <param name="Entries">Each direction of a connection by itself.</param>
/// <param name="Capacity">How many there is room for.</param>
/// <param name="Connections">Those that go on, towards backends of now.</param>
public readonly record struct FlowUse(ulong Entries, ulong Capacity, ulong Connections);
