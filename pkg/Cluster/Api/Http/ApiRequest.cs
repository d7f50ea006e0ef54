namespace KubeProxyNext.Cluster.Api.Http;

/// <summary>What is asked of the API server.</summary>
/// <param name="PathAndQuery">Begins with a slash; comes after the path of the server's URL, if it has one.</param>
/// <param name="Json">The body; empty for none.</param>
/// <param name="IsPaced">Whether it takes its turn (<see cref="RequestPace"/>).</param>
internal readonly record struct ApiRequest(HttpMethod Method, string PathAndQuery, ReadOnlyMemory<byte> Json = default, bool IsPaced = true);
