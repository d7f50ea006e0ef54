using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>Sweeps beside the writer, one sweep at a time; what is asked for meanwhile is one further sweep.</summary>
internal sealed class SocketSweeper(ISocketDestroyer destroyer) : IDisposable
{
    private readonly Lock _lock = new();
    private HashSet<Protocol> _wanted = [];
    private Task _sweeping = Task.CompletedTask;
    private bool _isSweeping;

    /// <summary>Has the sockets of the protocol looked at that are connected to a backend marked for it by now. Any thread may call.</summary>
    internal void Request(Protocol protocol)
    {
        lock (_lock)
        {
            _wanted.Add(protocol);
            if (!_isSweeping)
            {
                _isSweeping = true;
                _sweeping = Task.Run(Sweep);
            }
        }
    }

    /// <summary>Waits until all that was asked for is done.</summary>
    public void Dispose()
    {
        _sweeping.GetAwaiter().GetResult();
        destroyer.Dispose();
    }

    private void Sweep()
    {
        while (Next() is { } protocols)
        {
            destroyer.Destroy(protocols);
        }
    }

    private HashSet<Protocol>? Next()
    {
        lock (_lock)
        {
            var next = _wanted;
            _wanted = [];
            _isSweeping = next.Count > 0;
            return _isSweeping ? next : null;
        }
    }
}
