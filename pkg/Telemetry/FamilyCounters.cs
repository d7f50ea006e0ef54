using KubeProxyNext.Model;

namespace KubeProxyNext.Telemetry;

/// <summary>What the programs of one family have counted since their maps were made, summed over CPUs.</summary>
/// <param name="Connections">TCP connects, connected UDP sockets and UDP senders that got a backend, over all service ports.</param>
/// <param name="Refused">Connects and datagrams to a Service that got none.</param>
/// <param name="ToBackends">What flows have carried to backends, as of the newest sweep, over all service ports; sockets have no flows.</param>
/// <param name="ToClients">The same the other way.</param>
/// <param name="Flows">What there is in the table of flows; all zero before packets are served.</param>
/// <param name="ByReason">Every <see cref="Counter"/>.</param>
public sealed record FamilyCounters(
    IpFamily Family, ulong Connections, ulong Refused, TrafficSum ToBackends, TrafficSum ToClients, FlowUse Flows,
    IReadOnlyDictionary<Counter, ulong> ByReason);
