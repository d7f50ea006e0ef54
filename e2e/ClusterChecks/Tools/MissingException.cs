namespace KubeProxyNext.ClusterChecks.Tools;

/// <summary>Something that the checks need is not there; the message names it and says how to get it.</summary>
internal sealed class MissingException(string message) : Exception(message);
