using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>What a Service asks for by annotations. A value that nobody knows asks for nothing.</summary>
/// <param name="ResetsTcp">Whether TCP connections to a backend that is gone are reset; those of UDP always are.</param>
internal readonly record struct ServiceOptions(BalancingAlgorithm Algorithm, bool ResetsTcp)
{
    public const string AlgorithmKey = "kube-proxy-next.io/algorithm";
    public const string OnRemovalKey = "kube-proxy-next.io/on-backend-removal";
    public const string Reset = "reset";

    public static ServiceOptions Of(Service service) => service.Annotations.IsEmpty ? default : new(
        FindAlgorithm(service) is { } name && TryParseAlgorithm(name, out var algorithm) ? algorithm : default,
        FindOnRemoval(service) == Reset);

    public static string? FindAlgorithm(Service service) => Annotation.Find(service.Annotations, AlgorithmKey);

    public static string? FindOnRemoval(Service service) => Annotation.Find(service.Annotations, OnRemovalKey);

    public static bool TryParseAlgorithm(string name, out BalancingAlgorithm algorithm)
    {
        (algorithm, var isKnown) = name switch
        {
            "random" => (BalancingAlgorithm.Random, true),
            "round-robin" => (BalancingAlgorithm.RoundRobin, true),
            "least-connections" => (BalancingAlgorithm.LeastConnections, true),
            "maglev" => (BalancingAlgorithm.Maglev, true),
            _ => (BalancingAlgorithm.Random, false),
        };
        return isKnown;
    }

    public bool DestroysSockets(Protocol protocol) => protocol == Protocol.Udp || (protocol == Protocol.Tcp && ResetsTcp);
}
