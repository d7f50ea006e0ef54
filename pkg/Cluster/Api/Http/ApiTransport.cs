using System.Net;
using System.Net.Sockets;
using KubeProxyNext.Cluster.Api.Auth;

namespace KubeProxyNext.Cluster.Api.Http;

/// <summary>
/// The connections to the API server. TLS proves who we are per connection, so another client certificate needs other
/// connections: the pool is exchanged then, and requests under way end on the old one. Thread-safe.
/// </summary>
internal sealed class ApiTransport(ApiServerConfig config, ApiClientOptions options) : IDisposable
{
    private readonly Lock _lock = new();
    private HttpMessageInvoker? _current;
    private ClientCertificate? _certificate;

    /// <summary>The pool for requests with this certificate.</summary>
    /// <exception cref="ApiConfigException">The certificate authority cannot be read.</exception>
    public HttpMessageInvoker For(ClientCertificate? certificate)
    {
        lock (_lock)
        {
            if (_current is null || !ReferenceEquals(certificate, _certificate))
            {
                var next = new HttpMessageInvoker(CreateHandler(certificate));
                _current?.Dispose();
                (_current, _certificate) = (next, certificate);
            }

            return _current;
        }
    }

    /// <summary>Connects anew from now on and reads the certificate authority again: it may have been replaced.</summary>
    public void Renew(HttpMessageInvoker failed)
    {
        lock (_lock)
        {
            if (ReferenceEquals(failed, _current))
            {
                _current.Dispose();
                _current = null;
            }
        }
    }

    public void Dispose() => _current?.Dispose();

    private SocketsHttpHandler CreateHandler(ClientCertificate? certificate) => new()
    {
        SslOptions = new ServerTrust(config).ToOptions(certificate?.Context),
        ConnectCallback = ConnectAsync,
        ConnectTimeout = options.ConnectTimeout,
        PooledConnectionLifetime = options.ConnectionLifetime,
        // A half-open connection is noticed by its unanswered pings, well before a watch counts as silent.
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        InitialHttp2StreamWindowSize = 1 << 20,
        AutomaticDecompression = config.DisableCompression ? DecompressionMethods.None : DecompressionMethods.GZip,
        // A redirect would carry the credentials elsewhere.
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        Proxy = config.Proxy is { } proxy ? new WebProxy(proxy) { Credentials = CredentialsIn(proxy) } : null,
    };

    // The same for HTTP/1.1, which has no pings: the kernel probes.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            config.Reached.Add(socket.RemoteEndPoint);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static NetworkCredential? CredentialsIn(Uri proxy)
    {
        if (proxy.UserInfo.Length == 0)
        {
            return null;
        }

        var (name, password) = proxy.UserInfo.IndexOf(':') is >= 0 and var colon
            ? (proxy.UserInfo[..colon], proxy.UserInfo[(colon + 1)..])
            : (proxy.UserInfo, "");
        return new(Uri.UnescapeDataString(name), Uri.UnescapeDataString(password));
    }
}
