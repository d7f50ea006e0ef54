using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>The socket, TLS and HTTP: one life of the server, from listening to closed.</summary>
internal sealed class HttpsListener : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();

    private HttpsListener(WebApplication app) => _app = app;

    /// <summary>The port that it listens on.</summary>
    public int Port { get; private set; }

    /// <param name="endpoint">Port 0 takes any that is free.</param>
    /// <param name="bind">Makes the bound socket; null for an ordinary one.</param>
    public static async Task<HttpsListener> StartAsync(
        IPEndPoint endpoint,
        Func<IPEndPoint, Socket>? bind,
        X509Certificate2 certificate,
        ConnectionBook connections,
        Func<HttpContext, CancellationToken, Task> handle,
        CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(endpoint, listen =>
            {
                listen.Use(next => connection => connections.TrackAsync(connection, () => next(connection)));
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = certificate;
                    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    https.AllowAnyClientCertificate();
                });
            });
        });
        if (bind is not null)
        {
            builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = at => bind((IPEndPoint)at));
        }

        var listener = new HttpsListener(builder.Build());
        listener._app.Run(context => handle(context, listener._stopping.Token));
        await listener._app.StartAsync(cancellation);
        var addresses = listener._app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        listener.Port = new Uri(addresses.Addresses.First()).Port;
        return listener;
    }

    /// <summary>Closes the socket and every connection at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _stopping.Dispose();
    }
}
