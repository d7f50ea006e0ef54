namespace KubeProxyNext.Manifests;

/// <summary>A file of <c>manifests/</c> cannot be what it is to be; the message names it.</summary>
public sealed class ManifestException(string message) : Exception(message);
