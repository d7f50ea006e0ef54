using System.Globalization;
using System.Net;
using System.Text;
using KubeProxyNext.Model;
using KubeProxyNext.Web.Serving;

namespace KubeProxyNext.Web.Health;

/// <summary>One Service's <c>healthCheckNodePort</c> in one family, at all of its addresses or at none (behaviour 7.2).</summary>
/// <param name="isHealthy">Whether the proxy is.</param>
internal sealed class ServiceHealthPort(ObjectName service, ushort number, Func<bool> isHealthy) : IDisposable
{
    private readonly Dictionary<IpAddress, Port> _open = [];

    /// <summary>The port.</summary>
    internal ushort Number => number;

    /// <summary>Distinct addresses of ready endpoints on this node.</summary>
    internal int LocalEndpoints
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Listens at these addresses and no others; where it does already nothing is touched.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">An address cannot be had: it listens at none.</exception>
    internal void Listen(WebServer server, ValueArray<IpAddress> addresses)
    {
        foreach (var gone in _open.Keys.Except(addresses).ToList())
        {
            _open.Remove(gone, out var port);
            port!.Dispose();
        }

        try
        {
            foreach (var address in addresses.Where(address => !_open.ContainsKey(address)))
            {
                _open.Add(address, server.Open(new(IPAddress.Parse(address.ToString()), number), Answer));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Closes it at all of its addresses.</summary>
    public void Dispose()
    {
        foreach (var port in _open.Values)
        {
            port.Dispose();
        }

        _open.Clear();
    }

    private Answer Answer(Request request)
    {
        var (count, isProxyHealthy) = (LocalEndpoints, isHealthy());
        var body = $$"""
            {
            	"service": {
            		"namespace": "{{service.Namespace}}",
            		"name": "{{service.Name}}"
            	},
            	"localEndpoints": {{count}},
            	"serviceProxyHealthy": {{(isProxyHealthy ? "true" : "false")}}
            }
            """;
        return Serving.Answer.Json(Encoding.UTF8.GetBytes(body), count != 0 && isProxyHealthy ? 200 : 503) with
        {
            Header = new("X-Load-Balancing-Endpoint-Weight", count.ToString(CultureInfo.InvariantCulture)),
        };
    }
}
