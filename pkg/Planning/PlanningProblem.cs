using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>What a Service does not get of what it asks for.</summary>
public enum PlanningProblemKind : byte
{
    /// <summary>An address: another Service has the better claim (behaviour 2.5).</summary>
    AddressTaken,

    /// <summary>An address: an earlier port of the same Service has this protocol and the same number, NodePort or name.</summary>
    PortListedTwice,

    /// <summary>An address that is unspecified, loopback or multicast (behaviour 1.5).</summary>
    SpecialAddress,

    /// <summary>An external IP: this node serves none.</summary>
    ExternalIPDenied,

    /// <summary>An external IP: it lies outside of the networks where this node serves them.</summary>
    ExternalIPOutside,

    /// <summary>An external IP at a port where this node reaches its API server.</summary>
    ApiServerAddress,

    /// <summary>Ports: they need more frontends than its share.</summary>
    TooManyPorts,

    /// <summary>Backends: its endpoints need more slots than its share.</summary>
    TooManyEndpoints,

    /// <summary>Weights, or Maglev tables: they need more slots than its share.</summary>
    TooManySlots,

    /// <summary>Clients: its source ranges are more than its share.</summary>
    TooManySourceRanges,

    /// <summary>To be told of all that is wrong with it.</summary>
    MoreProblems,

    /// <summary>Answers for its load balancer: it has no <c>healthCheckNodePort</c> (behaviour 2).</summary>
    NoHealthCheckPort,

    /// <summary>An algorithm: nobody knows the annotation's value.</summary>
    UnknownAlgorithm,

    /// <summary>What is to happen when a backend goes: nobody knows the annotation's value.</summary>
    UnknownOnRemoval,

    /// <summary>A weight: an entry of a slice's annotation cannot be read.</summary>
    BrokenWeight,
}

/// <summary>
/// Something that the cluster says and that cannot be done, for the log: what, where, and what to do about it. It is told when it
/// comes up, not each time that the Service is planned.
/// </summary>
/// <param name="Where">The address, the annotation's key or the slice.</param>
/// <param name="What">Who has the address, or the value that nobody can read.</param>
public readonly record struct PlanningProblem(PlanningProblemKind Kind, ObjectName Service, string Where, string What = "")
{
    /// <summary><c>metadata.uid</c> of the Service, for an event.</summary>
    public Guid Uid { get; init; }

    /// <summary>Whether whoever wrote the Service, or its slices' annotations, can put it right and cannot know of it, and so ought to hear of it by an event.</summary>
    public bool IsMistake => Kind is PlanningProblemKind.UnknownAlgorithm or PlanningProblemKind.UnknownOnRemoval
        or PlanningProblemKind.BrokenWeight or PlanningProblemKind.ExternalIPDenied or PlanningProblemKind.ExternalIPOutside
        or PlanningProblemKind.ApiServerAddress or PlanningProblemKind.TooManyPorts or PlanningProblemKind.TooManyEndpoints
        or PlanningProblemKind.TooManySlots or PlanningProblemKind.TooManySourceRanges;

    public override string ToString() => Kind switch
    {
        PlanningProblemKind.AddressTaken =>
            $"Service {Service} does not get {Where}: it belongs to Service {What}, whose claim is older or stronger; give one of them another address or port",
        PlanningProblemKind.PortListedTwice =>
            $"Service {Service} does not get {Where}: an earlier one of its ports has the same protocol and number or name; remove one of them",
        PlanningProblemKind.SpecialAddress =>
            $"Service {Service} does not get {Where}: an unspecified, loopback or multicast address cannot be a Service's; remove it",
        PlanningProblemKind.ExternalIPDenied =>
            $"Service {Service} does not get external IP {Where}: --deny-external-ips is set on this node; use a load balancer, or remove it",
        PlanningProblemKind.ExternalIPOutside =>
            $"Service {Service} does not get external IP {Where}: --external-ip-cidrs of this node is {What}; use an address in there, or remove it",
        PlanningProblemKind.ApiServerAddress =>
            $"Service {Service} does not get {Where}: this node reaches its API server there; remove the external IP, or use another port",
        PlanningProblemKind.TooManyPorts =>
            $"Service {Service} has {What} more ports in {Where} than its share of --max-frontends holds: these are not served; raise it, or make several Services",
        PlanningProblemKind.TooManyEndpoints =>
            $"Service {Service} has more endpoints in {Where} than its share of --max-slots holds: each of its ports gets the first {What}; raise it, or make several Services",
        PlanningProblemKind.TooManySlots =>
            $"Service {Service} has some of its ports in {Where} balanced without weights or Maglev tables, which take more than its share of --max-slots; raise it",
        PlanningProblemKind.TooManySourceRanges =>
            $"Service {Service} lets in the first {What} of its source ranges of {Where} alone, which is its share of --max-source-ranges; raise it",
        PlanningProblemKind.MoreProblems =>
            $"Service {Service} has more problems than these",
        PlanningProblemKind.NoHealthCheckPort =>
            $"Service {Service} has no healthCheckNodePort: its load balancer cannot tell nodes with local endpoints; set one",
        PlanningProblemKind.UnknownAlgorithm =>
            $"Service {Service} is balanced at random: {Where} is '{What}'; use random, round-robin, least-connections or maglev",
        PlanningProblemKind.UnknownOnRemoval =>
            $"Service {Service} keeps TCP connections to backends that are gone: {Where} is '{What}'; use reset, or remove it",
        PlanningProblemKind.BrokenWeight =>
            $"Service {Service} does without a weight: EndpointSlice {Where} says '{What}'; use address=weight once for each, with a weight of 0 to 65535",
        _ => throw new InvalidOperationException($"no text for {Kind}"),
    };
}
