using System.Net.Http.Headers;

namespace KubeProxyNext.Cluster.Api.Auth;

/// <summary>What a request proves itself with; both null is anonymous.</summary>
internal sealed record ApiCredential(AuthenticationHeaderValue? Authorization, ClientCertificate? Certificate);
