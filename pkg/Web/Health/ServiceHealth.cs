using System.Net.Sockets;
using System.Threading.Channels;
using KubeProxyNext.Model;
using KubeProxyNext.Web.Serving;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Web.Health;

/// <summary>
/// The ports that load balancers probe, one for each Service that has a <c>healthCheckNodePort</c>, in each of its families (behaviour
/// 7.2). Whoever tells of changes does not wait for them.
/// </summary>
/// <param name="isHealthy">Whether the proxy is.</param>
/// <param name="onFailed">Hears of a Service whose port cannot be had, and why.</param>
public sealed class ServiceHealth(Func<bool> isHealthy, Action<ObjectName, string> onFailed, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<(ObjectName Service, IpFamily Family), HealthCheck> _wanted = [];
    private readonly Dictionary<IpFamily, ValueArray<IpAddress>> _addresses = [];
    private readonly HashSet<(ObjectName Service, IpFamily Family)> _changed = [];
    private readonly Dictionary<(ObjectName Service, IpFamily Family), ServiceHealthPort> _ports = [];
    private readonly Dictionary<(ObjectName Service, IpFamily Family), string> _failed = [];

    /// <summary>These plans are in force in a family. What failed before is tried again.</summary>
    public void Take(IEnumerable<ServicePlan> plans, IpFamily family)
    {
        lock (_lock)
        {
            foreach (var plan in plans)
            {
                Take((plan.Name, family), plan.HealthChecks.Where(check => check.Family == family).Cast<HealthCheck?>().FirstOrDefault());
            }
        }

        _wake.Writer.TryWrite(true);
    }

    /// <summary>Has all ports of a family be at these addresses; the zero address stands for all.</summary>
    public void SetAddresses(IpFamily family, ValueArray<IpAddress> addresses)
    {
        lock (_lock)
        {
            if (_addresses.TryGetValue(family, out var before) && before == addresses)
            {
                return;
            }

            _addresses[family] = addresses;
            _changed.UnionWith(_wanted.Keys.Where(key => key.Family == family));
        }

        _wake.Writer.TryWrite(true);
    }

    /// <summary>Opens and closes ports until cancelled, which closes all.</summary>
    public async Task RunAsync(WebServer server, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await WaitAsync(cancellationToken).ConfigureAwait(false);
                Follow(server);
            }
        }
        finally
        {
            foreach (var port in _ports.Values)
            {
                port.Dispose();
            }
        }
    }

    private void Take((ObjectName, IpFamily) key, HealthCheck? check)
    {
        if (check is { } wanted ? !_wanted.TryGetValue(key, out var known) || known != wanted : _wanted.ContainsKey(key))
        {
            _changed.Add(key);
        }

        if (check is { } kept)
        {
            _wanted[key] = kept;
        }
        else
        {
            _wanted.Remove(key);
        }
    }

    // No Service need change for a port to come free.
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var news = _wake.Reader.ReadAsync(enough.Token).AsTask();
        await Task.WhenAny(news, Task.Delay(_failed.Count > 0 ? Retry : Timeout.InfiniteTimeSpan, time, enough.Token)).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    // What closes comes first: a port may pass from one Service to another.
    private void Follow(WebServer server)
    {
        var work = TakeWork();
        foreach (var (key, check, _) in work)
        {
            if (_ports.TryGetValue(key, out var port) && port.Number != check?.NodePort)
            {
                _ports.Remove(key);
                port.Dispose();
            }
        }

        foreach (var (key, check, addresses) in work)
        {
            if (check is { } wanted)
            {
                Open(server, key, wanted, addresses);
            }
            else
            {
                _failed.Remove(key);
            }
        }
    }

    private List<((ObjectName Service, IpFamily Family) Key, HealthCheck? Check, ValueArray<IpAddress> Addresses)> TakeWork()
    {
        lock (_lock)
        {
            _changed.UnionWith(_failed.Keys);
            var work = _changed.Select(key => (
                key, _wanted.TryGetValue(key, out var check) ? check : (HealthCheck?)null, _addresses.GetValueOrDefault(key.Family))).ToList();
            _changed.Clear();
            return work;
        }
    }

    private void Open(WebServer server, (ObjectName Service, IpFamily Family) key, HealthCheck check, ValueArray<IpAddress> addresses)
    {
        var port = _ports.GetValueOrDefault(key) ?? new(key.Service, check.NodePort, isHealthy);
        port.LocalEndpoints = check.LocalEndpoints;
        try
        {
            port.Listen(server, addresses);
            _ports[key] = port;
            _failed.Remove(key);
        }
        catch (SocketException error)
        {
            _ports.Remove(key);
            Fail(key, check, error.Message);
        }
    }

    private void Fail((ObjectName Service, IpFamily Family) key, HealthCheck check, string reason)
    {
        if (!_failed.TryGetValue(key, out var said) || said != reason)
        {
            logger.ServiceNotProbed(key.Service, check.NodePort, key.Family, reason);
        }

        _failed[key] = reason;
        onFailed(key.Service, $"cannot listen at healthCheckNodePort {check.NodePort} ({key.Family}): {reason}; it is tried again");
    }
}
