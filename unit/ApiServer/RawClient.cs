using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using KubeProxyNext.ApiServer;

namespace KubeProxyNext.Unit.ApiServer;

/// <summary>A plain HTTPS client that trusts the server's authority and nothing else.</summary>
internal sealed class RawClient : IDisposable
{
    public const string Json = "application/json";
    public const string Protobuf = "application/vnd.kubernetes.protobuf";

    private readonly X509Certificate2 _ca;
    private readonly HttpClient _http;

    public RawClient(TestApiServer api, X509Certificate2? certificate = null, string? token = null)
    {
        _ca = X509Certificate2.CreateFromPem(api.CaPem);
        var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust(_ca) } };
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        _http = new HttpClient(handler) { BaseAddress = api.Url, Timeout = TimeSpan.FromSeconds(60) };
        if (certificate is null)
        {
            _http.DefaultRequestHeaders.Authorization = new("Bearer", token ?? api.Token);
        }
    }

    /// <summary>Whom to trust: this authority alone.</summary>
    public static X509ChainPolicy Trust(X509Certificate2 authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        return policy;
    }

    /// <summary>The answer as soon as its headers are there.</summary>
    public Task<HttpResponseMessage> OpenAsync(string url, string accept = Json, CancellationToken cancellation = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.ParseAdd(accept);
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    /// <summary>The whole answer.</summary>
    public async Task<Recorded> GetAsync(string url, string accept = Json, CancellationToken cancellation = default)
    {
        using var answer = await OpenAsync(url, accept, cancellation);

        // As received: a validated content type would be printed anew.
        var headers = answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated)
            .ToDictionary(h => h.Key, h => h.Value.ToString());
        return new Recorded((int)answer.StatusCode, headers, await answer.Content.ReadAsByteArrayAsync(cancellation));
    }

    /// <summary>Creates an object.</summary>
    /// <returns>The status code, and the text of the answer.</returns>
    public async Task<(int Status, string Text)> PostAsync(string url, string json, CancellationToken cancellation = default)
    {
        using var content = new StringContent(json, new System.Net.Http.Headers.MediaTypeHeaderValue(Json));
        using var answer = await _http.PostAsync(url, content, cancellation);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation));
    }

    /// <summary>A watch, event by event, in JSON.</summary>
    public async Task<WatchReader> WatchAsync(string url, CancellationToken cancellation = default)
    {
        var answer = await OpenAsync(url, Json, cancellation);
        return new WatchReader(answer, await answer.Content.ReadAsStreamAsync(cancellation));
    }

    public void Dispose()
    {
        _http.Dispose();
        _ca.Dispose();
    }
}
