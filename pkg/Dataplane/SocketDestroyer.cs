using KubeProxyNext.Bpf;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// Runs the iterator programs (bpf/lib/sweep.h) in every network namespace of the machine: an iterator sees the sockets of the one that it
/// is opened in.
/// </summary>
internal sealed class SocketDestroyer(BpfObject programs, IpFamily family, ILogger logger) : ISocketDestroyer
{
    private readonly Dictionary<Protocol, BpfIterator> _iterators = [];
    private readonly HashSet<(Type, int)> _told = [];

    public void Destroy(IReadOnlySet<Protocol> protocols)
    {
        try
        {
            DestroyEverywhere([.. protocols.Select(IteratorFor).OfType<BpfIterator>()]);
        }
        catch (Exception error) when (error is BpfException or NetlinkException or IOException or UnauthorizedAccessException)
        {
            TellOnce(error);
        }
    }

    public void Dispose()
    {
        foreach (var iterator in _iterators.Values)
        {
            iterator.Dispose();
        }
    }

    private void DestroyEverywhere(BpfIterator[] iterators)
    {
        if (iterators.Length == 0)
        {
            return;
        }

        foreach (var network in NetworkNamespaces.OpenAll())
        {
            using (network)
            {
                DestroyIn(network, iterators);
            }
        }
    }

    // Where one namespace cannot be entered, the others still are.
    private void DestroyIn(NetworkNamespace network, BpfIterator[] iterators)
    {
        try
        {
            NetworkNamespaces.Run(network, () => Array.ForEach(iterators, iterator => iterator.Run()));
        }
        catch (Exception error) when (error is BpfException or NetlinkException)
        {
            TellOnce(error);
        }
    }

    // Null where this kernel, or this build, has no such program.
    private BpfIterator? IteratorFor(Protocol protocol)
    {
        if (_iterators.TryGetValue(protocol, out var known))
        {
            return known;
        }

        var name = $"destroy_{(protocol == Protocol.Udp ? "udp" : "tcp")}{(int)family}";
        var program = programs.Programs.FirstOrDefault(program => program.Name == name && program.Fd >= 0);
        return program is null ? null : _iterators[protocol] = new(program);
    }

    private void TellOnce(Exception error)
    {
        if (_told.Add((error.GetType(), error is BpfException refused ? refused.Errno : 0)))
        {
            logger.NotDestroyed(error.Message);
        }
    }
}
