namespace KubeProxyNext.Model;

/// <summary>What planning knows of this node.</summary>
/// <param name="NodeName">Trimmed and in lower case (behaviour 11.1); endpoints that carry this name are local.</param>
/// <param name="Zone">From the Node object; null where there is none.</param>
/// <param name="Families">The families that this node programs.</param>
public sealed record NodeConfig(string NodeName, string? Zone, ValueArray<IpFamily> Families);
