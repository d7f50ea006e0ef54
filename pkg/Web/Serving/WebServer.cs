using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace KubeProxyNext.Web.Serving;

/// <summary>
/// All HTTP that this process answers: one Kestrel, and as many ports as are wanted, each with its site, that come and go while it runs.
/// </summary>
public sealed class WebServer : IAsyncDisposable
{
    private static readonly TimeSpan GoodBye = TimeSpan.FromMilliseconds(500);

    private readonly ConnectionQueue _queue;
    private readonly KestrelServer _kestrel;
    private readonly SocketConnectionContextFactory _connections;

    private WebServer(ConnectionQueue queue)
    {
        _queue = queue;
        _kestrel = new(Options.Create(CreateOptions()), queue, NullLoggerFactory.Instance);
        _connections = new(new() { IOQueueCount = 0 }, NullLogger.Instance);
    }

    /// <summary>Starts to serve; there are no ports yet.</summary>
    public static async Task<WebServer> StartAsync(ILogger logger, CancellationToken cancellationToken)
    {
        var server = new WebServer(new());
        await server._kestrel.StartAsync<IFeatureCollection>(new SiteApplication(logger), cancellationToken).ConfigureAwait(false);
        return server;
    }

    /// <summary>Opens a port. IPv6 addresses are for IPv6 alone.</summary>
    /// <returns>What closes it, and all its connections.</returns>
    /// <exception cref="SocketException">The address cannot be had.</exception>
    public Port Open(IPEndPoint address, Site site) => Port.Open(address, site, _connections, _queue);

    /// <summary>Ends at once, whatever clients are about.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(GoodBye);
        await _kestrel.StopAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _kestrel.Dispose();
        _connections.Dispose();
    }

    // Probes and scrapes are small and quick; who is slow or talks much is cut off.
    private static KestrelServerOptions CreateOptions()
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(90);
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        options.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        options.Limits.MaxRequestLineSize = 4 * 1024;
        options.Limits.MaxRequestBodySize = 64 * 1024;
        options.Limits.MaxResponseBufferSize = 64 * 1024;
        options.Listen(new IPEndPoint(IPAddress.None, 0), listen => listen.Protocols = HttpProtocols.Http1);
        return options;
    }
}
