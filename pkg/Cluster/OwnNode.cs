using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster;

/// <summary>
/// What this node's Node object has to say for the start (behaviour 11.2). Nothing waits for it here, since Services can be served
/// without; but what kube-proxy would not run without ends the process as it does there.
/// </summary>
/// <param name="name">As in <see cref="NodeConfig.NodeName"/>.</param>
/// <param name="families">What the node can do.</param>
/// <param name="address">What stands in for its first address of that family (<c>--bind-address</c>); null for none.</param>
/// <param name="needsPodCidrs">Whether pods are known by its podCIDRs.</param>
public sealed class OwnNode(string name, ValueArray<IpFamily> families, IpAddress? address, bool needsPodCidrs, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan UntilAddresses = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan UntilPodCidrs = TimeSpan.FromMinutes(5);

    private readonly TaskCompletionSource _hasAddresses = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ValueArray<IpNetwork>> _podCidrs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isThere;

    /// <summary>What is known of it before it is seen; null for nothing.</summary>
    public Node? Unseen => address is { } known ? new Node(name, Addresses: [known]) : null;

    /// <summary>Hears of the object.</summary>
    /// <returns>The object as it counts: with the address that stands in for its own.</returns>
    public Node Take(Node node)
    {
        _isThere = true;
        var counting = address is { } known ? node with { Addresses = [known, .. node.Addresses.Where(other => other != known)] } : node;
        if (!counting.Addresses.IsEmpty)
        {
            _hasAddresses.TrySetResult();
        }

        if (!counting.PodCidrs.IsEmpty)
        {
            _podCidrs.TrySetResult(counting.PodCidrs);
        }

        return counting;
    }

    /// <summary>Runs until cancelled, or until it is clear that the node cannot be served as it should.</summary>
    /// <param name="listed">Completes when the source has answered: from then on counts how long the object may take.</param>
    /// <exception cref="InvalidOperationException">There is no detector of pods to be had; the message says what is missing.</exception>
    public async Task WatchAsync(Task listed, CancellationToken cancellationToken)
    {
        await listed.WaitAsync(cancellationToken);
        if (address is null && !await InTimeAsync(_hasAddresses.Task, UntilAddresses, cancellationToken))
        {
            OwnNodeLog.NoAddresses(logger, _isThere ? $"the Node '{name}' has no address" : $"there is no Node '{name}'");
        }

        if (needsPodCidrs)
        {
            await CheckPodCidrsAsync(cancellationToken);
        }

        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    private async Task CheckPodCidrsAsync(CancellationToken cancellationToken)
    {
        if (!await InTimeAsync(_podCidrs.Task, UntilPodCidrs, cancellationToken))
        {
            throw new InvalidOperationException(_isThere
                ? $"the Node '{name}' has no podCIDRs after {UntilPodCidrs.TotalMinutes} minutes, which detect-local-mode NodeCIDR goes by; "
                    + "have kube-controller-manager allocate them (--allocate-node-cidrs), or choose another mode"
                : $"there is no Node '{name}' after {UntilPodCidrs.TotalMinutes} minutes, whose podCIDRs detect-local-mode NodeCIDR goes by; is --hostname-override right?");
        }

        var networks = await _podCidrs.Task;
        if (networks.All(network => !families.Contains(network.Family)))
        {
            throw new InvalidOperationException(
                $"no podCIDR of the Node '{name}' ({string.Join(", ", networks)}) is of a family of this node ({string.Join(", ", families)})");
        }
    }

    private async Task<bool> InTimeAsync(Task what, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await what.WaitAsync(limit, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
