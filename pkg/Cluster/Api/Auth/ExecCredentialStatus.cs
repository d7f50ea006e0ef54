namespace KubeProxyNext.Cluster.Api.Auth;

/// <summary>The <c>status</c> of an ExecCredential: a token, or a certificate and its key as PEM, or both.</summary>
/// <param name="Expires">Null where the plugin does not say.</param>
internal sealed record ExecCredentialStatus(string? Token, string? ClientCertificate, string? ClientKey, DateTimeOffset? Expires);
