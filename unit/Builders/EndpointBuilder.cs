using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Builders;

/// <summary>An endpoint in the making, and where it is listed. Every step gives a new builder.</summary>
public sealed record EndpointBuilder(ObjectName Service, FrontendAddress Address) : IClusterItem
{
    private Endpoint Endpoint { get; init; } = new(Address.Ip);

    private string PortName { get; init; } = "";

    /// <summary>The slice that lists it; null for one of its own.</summary>
    public string? SliceName { get; private init; }

    public IpFamily Family { get; private init; } = Address.Family;

    /// <summary>What is added to the annotations of the slice that lists it.</summary>
    public ValueArray<KeyValuePair<string, string>> SliceAnnotations { get; private init; }

    public SlicePort Port => new(PortName, Address.Protocol, Address.Port);

    public EndpointBuilder On(string node) => this with { Endpoint = Endpoint with { NodeName = node } };

    /// <summary>The name of the slice's port.</summary>
    public EndpointBuilder Named(string portName) => this with { PortName = portName };

    public EndpointBuilder InSlice(string name) => this with { SliceName = name };

    /// <summary>What the slice that lists it says of weights; to be said of one of the slice's endpoints.</summary>
    public EndpointBuilder SliceWeights(string text) =>
        this with { SliceAnnotations = [new("kube-proxy-next.io/weights", text)] };

    /// <summary>What the slice says of its addresses, where that is not true.</summary>
    public EndpointBuilder ListedAs(IpFamily family) => this with { Family = family };

    public EndpointBuilder Conditions(EndpointConditions conditions) =>
        this with { Endpoint = Endpoint with { Conditions = conditions } };

    /// <summary>Terminating, and still serving.</summary>
    public EndpointBuilder Draining() => Conditions(EndpointConditions.Serving | EndpointConditions.Terminating);

    /// <summary>Terminating, and no longer serving.</summary>
    public EndpointBuilder Gone() => Conditions(EndpointConditions.Terminating);

    /// <summary>Neither ready nor terminating.</summary>
    public EndpointBuilder Unready() => Conditions(EndpointConditions.Serving);

    public EndpointBuilder ForZones(params string[] zones) => this with { Endpoint = Endpoint with { ZoneHints = [.. zones] } };

    public EndpointBuilder ForNodes(params string[] nodes) => this with { Endpoint = Endpoint with { NodeHints = [.. nodes] } };

    public Endpoint Build() => Endpoint;
}
