using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using KubeProxyNext.Planning;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>
/// Keeps the addresses that accept NodePorts: whenever an address of this machine comes or goes, and whenever the Node object says
/// other addresses.
/// </summary>
internal sealed class NodeAddressLoop(
    AddressMonitor monitor, NodePortOptions options, ValueArray<IpFamily> families, Dataplane.Dataplane dataplane, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ValueArray<IpAddress> _local;
    private ValueArray<IpAddress>? _ofNode;

    /// <summary>Hears where servers of this node listen that answer wherever NodePorts do.</summary>
    internal Action<IpFamily, ValueArray<IpAddress>>? OnListen { get; init; }

    /// <summary>Completes when the addresses that are there at the start are in force.</summary>
    internal Task First => _first.Task;

    /// <summary>Follows the addresses of the network namespace that <c>monitor</c> was made in, until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var addresses in monitor.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            ValueArray<IpAddress> usable =
            [
                .. addresses.Where(address => address.IsUsable).Select(address => IpAddress.FromBytes(address.Address.GetAddressBytes())),
            ];
            Write(() => _local = usable);
            _first.TrySetResult();
        }
    }

    /// <summary>Takes the addresses of the Node object.</summary>
    internal void Take(Node node)
    {
        if (node.Addresses != _ofNode)
        {
            Write(() => _ofNode = node.Addresses);
        }
    }

    private void Write(Action change)
    {
        lock (_lock)
        {
            change();
            if (options.IsPrimary && _ofNode is null)
            {
                // Where the node's own addresses are all that counts, none but those of an earlier process may answer before they are known.
                return;
            }

            foreach (var family in families)
            {
                var accepting = NodePortAddresses.Of(family, options, _ofNode ?? [], _local);
                dataplane.SetNodeAddresses(family, accepting.Addresses, accepting.OnLoopback);
                OnListen?.Invoke(family, NodePortAddresses.ToListenAt(family, options, _ofNode ?? [], _local));
                logger.NodePortsOn(family, accepting.Addresses.Count, accepting.OnLoopback);
            }
        }
    }
}
