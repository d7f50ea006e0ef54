using System.Net;
using System.Security.Cryptography.X509Certificates;
using KubeProxyNext.ApiServer.Http;
using KubeProxyNext.ApiServer.Misbehaving;
using KubeProxyNext.ApiServer.Security;
using KubeProxyNext.ApiServer.Storage;

namespace KubeProxyNext.ApiServer;

/// <summary>
/// A Kubernetes API server for tests: it serves list and watch of Services, EndpointSlices, Nodes and ServiceCIDRs over HTTPS as a
/// real 1.36 server does, in JSON and in protobuf, takes Events, and misbehaves on command. Objects are served as given, without the defaulting
/// and the validation of the real one. Safe to use from several threads.
/// </summary>
public sealed partial class TestApiServer : IAsyncDisposable
{
    private readonly TestApiServerOptions _options;
    private readonly CertificateAuthority _authority;
    private readonly X509Certificate2 _certificate;
    private readonly Authenticator _authenticator;
    private readonly ApiStore _store;
    private readonly ListHandler _lists;
    private readonly TroubleBook _troubles = new();
    private readonly ConnectionBook _connections = new();
    private readonly RequestHandler _handler;
    private HttpsListener? _listener;

    private TestApiServer(TestApiServerOptions options)
    {
        _options = options;
        _authority = new CertificateAuthority(options.Time);
        _certificate = _authority.IssueServer(
            [options.Address.ToString(), "127.0.0.1", "::1", "localhost", "kubernetes.default.svc", .. options.ExtraNames]);
        _authenticator = new Authenticator(_authority, options.AllowAnonymous);
        _authenticator.Add(Token, "admin");
        _store = new ApiStore(options.Time, options.HistoryLimit);
        _lists = new ListHandler(_store);
        var watches = new WatchHandler(_store, options.Time, options.BookmarkInterval, options.OnWritten);
        _handler = new RequestHandler(Requests, _troubles, _authenticator, _lists, watches, new EventIntake(Events), options.Time);
    }

    /// <summary>The port that it listens on, or listened on last.</summary>
    public int Port { get; private set; }

    /// <summary>Where it is: <c>https://127.0.0.1:6443</c>, without a slash at the end.</summary>
    public Uri Url => new UriBuilder("https", _options.Address.ToString(), Port).Uri;

    public ArrivalLog<LoggedRequest> Requests { get; } = new();

    /// <summary>The Events that clients posted.</summary>
    public ArrivalLog<PostedEvent> Events { get; } = new();

    /// <summary>The version of the newest change.</summary>
    public long ResourceVersion => _store.Version;

    /// <summary>How many TCP connections are open.</summary>
    public int Connections => _connections.Count;

    public static async Task<TestApiServer> StartAsync(TestApiServerOptions? options = null, CancellationToken cancellation = default)
    {
        var server = new TestApiServer(options ?? new());
        server.Port = server._options.Port;
        await server.ListenAsync(cancellation);
        return server;
    }

    /// <summary>Closes the port and all connections; the objects stay.</summary>
    public async Task StopListeningAsync()
    {
        if (Interlocked.Exchange(ref _listener, null) is { } listener)
        {
            await listener.DisposeAsync();
        }
    }

    /// <summary>Listens again after <see cref="StopListeningAsync"/>, on the same port.</summary>
    public async Task ListenAsync(CancellationToken cancellation = default)
    {
        var endpoint = new IPEndPoint(_options.Address, Port);
        _listener = await HttpsListener.StartAsync(endpoint, _options.Bind, _certificate, _connections, _handler.HandleAsync, cancellation);
        Port = _listener.Port;
    }

    public async ValueTask DisposeAsync()
    {
        await StopListeningAsync();
        _certificate.Dispose();
        _authority.Dispose();
    }
}
