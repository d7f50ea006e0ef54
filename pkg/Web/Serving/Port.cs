using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace KubeProxyNext.Web.Serving;

/// <summary>A port that is listened at. Where a client opens connection after connection the oldest gives way, so that a probe gets through.</summary>
public sealed class Port : IDisposable
{
    /// <summary>How many connections there may be at once.</summary>
    internal const int Capacity = 1024;

    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly LinkedList<ConnectionContext> _open = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly SiteFeature _site;
    private readonly Socket _socket;
    private readonly SocketConnectionContextFactory _connections;
    private readonly ConnectionQueue _queue;

    private Port(Socket socket, Site site, SocketConnectionContextFactory connections, ConnectionQueue queue) =>
        (_socket, _site, _connections, _queue) = (socket, new(site), connections, queue);

    /// <summary>What it is listened at.</summary>
    public IPEndPoint Address => (IPEndPoint)_socket.LocalEndPoint!;

    internal static Port Open(IPEndPoint address, Site site, SocketConnectionContextFactory connections, ConnectionQueue queue)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            socket.Bind(address);
            socket.Listen(Capacity);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var port = new Port(socket, site, connections, queue);
        _ = port.AcceptAsync();
        return port;
    }

    /// <summary>Closes the port and its connections.</summary>
    public void Dispose()
    {
        _closing.Cancel();
        _socket.Dispose();
        ConnectionContext[] open;
        lock (_lock)
        {
            open = [.. _open];
            _open.Clear();
        }

        foreach (var connection in open)
        {
            connection.Abort();
        }

        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        var closing = _closing.Token;
        while (!closing.IsCancellationRequested)
        {
            try
            {
                Take(await _socket.AcceptAsync(closing).ConfigureAwait(false));
            }
            catch (SocketException)
            {
                // The client has gone again, or there are no descriptors: neither ends the port.
                await Task.Delay(Rest, closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Take(Socket accepted)
    {
        accepted.NoDelay = true;
        var connection = _connections.Create(accepted);
        connection.Features.Set(_site);
        var oldest = Add(connection);
        oldest?.Abort();
        if (!_queue.TryAdd(connection))
        {
            connection.Abort();
        }
    }

    private ConnectionContext? Add(ConnectionContext connection)
    {
        ConnectionContext? oldest = null;
        lock (_lock)
        {
            if (_open.Count >= Capacity)
            {
                oldest = _open.First!.Value;
                _open.RemoveFirst();
            }

            _open.AddLast(connection);
        }

        connection.ConnectionClosed.Register(() => Remove(connection));
        return oldest;
    }

    private void Remove(ConnectionContext connection)
    {
        lock (_lock)
        {
            _open.Remove(connection);
        }
    }
}
