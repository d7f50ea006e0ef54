using System.Net;
using System.Net.Http.Headers;
using KubeProxyNext.Cluster.Api.Auth;
using Polly;
using Polly.Timeout;

namespace KubeProxyNext.Cluster.Api.Http;

/// <summary>Asks the API server, with credentials, and turns what is no answer into an exception. Thread-safe.</summary>
internal sealed class ApiClient : IDisposable
{
    private static readonly ProductInfoHeaderValue UserAgent = new(
        "kube-proxy-next", typeof(ApiClient).Assembly.GetName().Version?.ToString(3) ?? "0");

    private readonly ApiServerConfig _config;
    private readonly ApiTransport _transport;
    private readonly ICredentialSource _credentials;
    private readonly ApiMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _headers;
    private readonly RequestPace _pace;
    private volatile bool _jsonOnly;

    public ApiClient(ApiServerConfig config, ApiClientOptions options, ApiMetrics metrics, TimeProvider time)
    {
        (_config, _metrics, _time) = (config, metrics, time);
        _transport = new(config, options);
        _pace = new(config.RequestsPerSecond, config.Burst, time);
        _credentials = config.User.Exec is { } exec
            ? new ExecCredentials(exec, options.ExecTimeout, time)
            : new UserCredentials(config.User, time);
        _headers = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.HeadersTimeout })
            .Build();
    }

    /// <param name="pathAndQuery">Begins with a slash; comes after the path of the server's URL, if it has one.</param>
    /// <param name="isPaced">Whether it takes its turn; what only goes on with what was begun need not.</param>
    /// <exception cref="ApiException">The server said no.</exception>
    /// <exception cref="ApiConfigException">No credential to be had, or a file of the configuration cannot be read.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached or trusted.</exception>
    /// <exception cref="TimeoutRejectedException">No head of an answer in time.</exception>
    public Task<ApiAnswer> GetAsync(string pathAndQuery, CancellationToken cancellationToken, bool isPaced = true) =>
        ExchangeAsync(new(HttpMethod.Get, pathAndQuery, IsPaced: isPaced), cancellationToken);

    /// <summary>Creates an object; it fails as <see cref="GetAsync"/> does.</summary>
    /// <param name="json">The object.</param>
    public async Task PostAsync(string pathAndQuery, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        using var answer = await ExchangeAsync(new(HttpMethod.Post, pathAndQuery, json), cancellationToken);
    }

    public void Dispose()
    {
        _transport.Dispose();
        (_credentials as IDisposable)?.Dispose();
    }

    private async Task<ApiAnswer> ExchangeAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (request.IsPaced)
        {
            await _pace.WaitAsync(cancellationToken);
        }

        var credential = await _credentials.GetAsync(cancellationToken);
        var response = await SendAsync(request, credential, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            _credentials.Refused(credential);
            var newer = await _credentials.GetAsync(cancellationToken);
            if (newer != credential)
            {
                response.Dispose();
                response = await SendAsync(request, newer, cancellationToken);
            }
        }
        else if (!_jsonOnly && response.StatusCode is HttpStatusCode.NotAcceptable or HttpStatusCode.UnsupportedMediaType)
        {
            _jsonOnly = true;
            response.Dispose();
            response = await SendAsync(request, credential, cancellationToken);
        }

        return await OpenAsync(response, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(ApiRequest asked, ApiCredential credential, CancellationToken cancellationToken)
    {
        var connections = _transport.For(credential.Certificate);
        var started = _time.GetTimestamp();
        try
        {
            using var request = CreateRequest(asked, credential);
            var response = await _headers.ExecuteAsync(
                static async (state, token) => await state.connections.SendAsync(state.request, token),
                (connections, request),
                cancellationToken);
            _metrics.Request(asked.Method.Method, _config.Server.Authority, ((int)response.StatusCode).ToString(), _time.GetElapsedTime(started));
            return response;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _metrics.Request(asked.Method.Method, _config.Server.Authority, "<error>", _time.GetElapsedTime(started));
            if (e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError })
            {
                _transport.Renew(connections);
            }

            throw;
        }
    }

    private HttpRequestMessage CreateRequest(ApiRequest asked, ApiCredential credential)
    {
        var url = _config.Server.GetLeftPart(UriPartial.Path).TrimEnd('/') + asked.PathAndQuery;
        var request = new HttpRequestMessage(asked.Method, url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        // As client-go asks: the server adds ";stream=watch" to its answer by itself.
        request.Headers.TryAddWithoutValidation("Accept", _jsonOnly ? MediaTypes.Json : $"{MediaTypes.Protobuf},{MediaTypes.Json}");
        request.Headers.UserAgent.Add(UserAgent);
        request.Headers.Authorization = credential.Authorization;
        // The name in this header is what SocketsHttpHandler asks for (SNI) and checks in the certificate.
        request.Headers.Host = _config.TlsServerName;
        if (!asked.Json.IsEmpty)
        {
            request.Content = new ReadOnlyMemoryContent(asked.Json) { Headers = { ContentType = new(MediaTypes.Json) } };
        }

        return request;
    }

    private async Task<ApiAnswer> OpenAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            if (!response.IsSuccessStatusCode)
            {
                throw await ErrorAnswer.ReadAsync(response, _headers, _time, cancellationToken);
            }

            var mediaType = response.Content.Headers.ContentType?.MediaType;
            var format = MediaTypes.FormatOf(mediaType) ?? throw new InvalidDataException(
                $"{_config.Server} answered with {mediaType ?? "no media type"}; is that a Kubernetes API server?");
            return new ApiAnswer(response, format, await response.Content.ReadAsStreamAsync(cancellationToken));
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
