using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using KubeProxyNext.ApiServer.Http;
using KubeProxyNext.ApiServer.Wire;
using Microsoft.AspNetCore.Http;

namespace KubeProxyNext.ApiServer.Security;

/// <summary>Who asks, and whether they may.</summary>
internal sealed class Authenticator(CertificateAuthority authority, bool allowAnonymous)
{
    private const string Anonymous = "system:anonymous";

    private readonly ConcurrentDictionary<string, string> _tokens = new();
    private readonly ConcurrentDictionary<(string User, ApiResource Resource), bool> _denied = new();
    private readonly ConcurrentDictionary<string, bool> _signed = new();

    public void Add(string token, string user) => _tokens[token] = user;

    public void Remove(string token) => _tokens.TryRemove(token, out _);

    public void Deny(string user, ApiResource resource) => _denied[(user, resource)] = true;

    public void Permit(string user, ApiResource resource) => _denied.TryRemove((user, resource), out _);

    /// <exception cref="StatusException">401.</exception>
    public string Authenticate(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            return _tokens.TryGetValue(header["Bearer ".Length..], out var user) ? user : throw Refused();
        }

        if (context.Connection.ClientCertificate is { } certificate)
        {
            return _signed.GetOrAdd(certificate.Thumbprint, _ => authority.Signed(certificate))
                ? certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)
                : throw Refused();
        }

        return allowAnonymous ? Anonymous : throw Refused();
    }

    /// <exception cref="StatusException">403.</exception>
    public void Authorize(string user, Route route, string verb)
    {
        if (_denied.ContainsKey((user, route.Resource)))
        {
            throw new StatusException(ApiStatusBody.Forbidden(route.Resource, user, verb, route.Namespace));
        }
    }

    private static StatusException Refused() => new(ApiStatusBody.Unauthorized);
}
