using System.Security.Authentication;

namespace KubeProxyNext.Cluster.Api.Http;

/// <summary>The server's certificate is not to be trusted; the message says why and what to check.</summary>
internal sealed class TlsTrustException(string message) : AuthenticationException(message);
