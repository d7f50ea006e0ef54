using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>What programs have counted for a service port since it has its id.</summary>
/// <param name="Connections">TCP connects, connected UDP sockets, UDP senders and flows that got a backend.</param>
/// <param name="Refused">Those that got none.</param>
/// <param name="ToBackends">What its flows have carried, as of the newest sweep.</param>
/// <param name="ToClients">The same the other way.</param>
public readonly record struct ServicePortUse(
    ObjectName Service, string PortName, Protocol Protocol, IpFamily Family, ulong Connections, ulong Refused, Traffic ToBackends, Traffic ToClients);

/// <summary>How full a map is.</summary>
public readonly record struct MapUse(IpFamily Family, string Map, int Entries, int Capacity);

/// <summary>What the kernel counted for a program, where it does.</summary>
public readonly record struct ProgramUse(IpFamily Family, string Program, Bpf.ProgramRuns Runs);
