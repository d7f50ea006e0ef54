namespace KubeProxyNext.ApiServer.Security;

/// <summary>A client's certificate and key, both as PEM.</summary>
public sealed record ClientCertificate(string CertificatePem, string KeyPem);
