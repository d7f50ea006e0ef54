using System.Net;
using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Api;

/// <summary>
/// Where the API server, or the proxy on the way to it, was reached: what no Service may take, since it would never be heard again that the
/// Service is gone. Thread-safe.
/// </summary>
public sealed class ApiServerAddresses
{
    // Of a load balancer that has another address every now and then.
    private const int Most = 64;

    private readonly Lock _lock = new();
    private readonly Queue<FrontendAddress> _all = new();

    /// <summary>Sorted; of very many the latest.</summary>
    public ValueArray<FrontendAddress> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all.OrderBy(address => address.Ip).ThenBy(address => address.Port)];
            }
        }
    }

    internal void Add(EndPoint? reached)
    {
        if (reached is not IPEndPoint { Address: var ip, Port: var port })
        {
            return;
        }

        var address = new FrontendAddress(IpAddress.FromBytes((ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip).GetAddressBytes()), (ushort)port, Protocol.Tcp);
        lock (_lock)
        {
            if (_all.Contains(address))
            {
                return;
            }

            if (_all.Count == Most)
            {
                _all.Dequeue();
            }

            _all.Enqueue(address);
        }
    }
}
