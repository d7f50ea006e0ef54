using KubeProxyNext.ApiServer.Security;

namespace KubeProxyNext.ApiServer;

/// <content>Who may come in, and what they need for it.</content>
public sealed partial class TestApiServer
{
    /// <summary>A bearer token that is valid from the start, of the user <c>admin</c>.</summary>
    public string Token { get; } = "admin-token";

    /// <summary>The authority that signed the server's certificate.</summary>
    public string CaPem => _authority.Pem;

    public void AddToken(string token, string user) => _authenticator.Add(token, user);

    public void RevokeToken(string token) => _authenticator.Remove(token);

    /// <summary>The user gets 403 for this kind.</summary>
    public void Deny(string user, ApiResource resource) => _authenticator.Deny(user, resource);

    public void Permit(string user, ApiResource resource) => _authenticator.Permit(user, resource);

    public ClientCertificate IssueClientCertificate(string user, params string[] groups)
    {
        using var certificate = _authority.IssueClient(user, groups);
        using var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate)!;
        return new ClientCertificate(certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>A kubeconfig for this server, everything inline.</summary>
    /// <param name="certificate">Log in with this one; null for the token.</param>
    /// <param name="server">Another address of the server than its own, such as one seen from another network namespace.</param>
    public string KubeConfig(ClientCertificate? certificate = null, string? token = null, string? server = null)
    {
        var user = certificate is null
            ? $"token: {token ?? Token}"
            : $"client-certificate-data: {Base64(certificate.CertificatePem)}\n    client-key-data: {Base64(certificate.KeyPem)}";
        return $"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters:
            - name: test
              cluster:
                server: {server ?? Url.GetLeftPart(UriPartial.Authority)}
                certificate-authority-data: {Base64(CaPem)}
            users:
            - name: test
              user:
                {user}
            contexts:
            - name: test
              context:
                cluster: test
                user: test

            """;
    }

    /// <summary>Writes <see cref="KubeConfig"/> into a folder.</summary>
    /// <returns>The file's path.</returns>
    public string WriteKubeConfig(string folder, ClientCertificate? certificate = null, string? server = null)
    {
        var path = Path.Combine(folder, "kubeconfig");
        File.WriteAllText(path, KubeConfig(certificate, server: server));
        return path;
    }

    /// <summary>Writes what a pod finds of its service account: <c>token</c>, <c>ca.crt</c> and <c>namespace</c>.</summary>
    public void WriteServiceAccount(string folder, string? token = null)
    {
        File.WriteAllText(Path.Combine(folder, "token"), token ?? Token);
        File.WriteAllText(Path.Combine(folder, "ca.crt"), CaPem);
        File.WriteAllText(Path.Combine(folder, "namespace"), "kube-system");
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
}
