using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>The open TCP connections, below TLS.</summary>
internal sealed class ConnectionBook
{
    private readonly ConcurrentDictionary<string, ConnectionContext> _open = new();

    public int Count => _open.Count;

    public async Task TrackAsync(ConnectionContext connection, Func<Task> next)
    {
        connection.Features.Set(new RawOutput(connection.Transport.Output));
        _open[connection.ConnectionId] = connection;
        try
        {
            await next();
        }
        finally
        {
            _open.TryRemove(connection.ConnectionId, out _);
        }
    }

    /// <summary>Ends them all at once, whatever they are doing.</summary>
    public void AbortAll()
    {
        foreach (var connection in _open.Values)
        {
            connection.Abort(new ConnectionAbortedException("closed on command"));
        }
    }

    /// <summary>
    /// Sends what was flushed, then closes the socket. An abort would not do: it throws away what is still on its way, and a
    /// client would never see the half object.
    /// </summary>
    public static async Task CutAsync(HttpContext context)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.RequestAborted.Register(closed.SetResult);
        await context.Features.GetRequiredFeature<RawOutput>().Pipe.CompleteAsync();
        await closed.Task;
    }

    private sealed record RawOutput(PipeWriter Pipe);
}
