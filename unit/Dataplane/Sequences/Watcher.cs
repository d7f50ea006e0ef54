using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Unit.Programs;

namespace KubeProxyNext.Unit.Dataplane.Sequences;

/// <summary>
/// A thread that never stops looking: by the real programs, as a client of the node, and into the memory of the maps for clients from outside. At
/// every point an address leads to what it did before the change under way or to what it will afterwards; whole sets, never a mix, never none.
/// </summary>
internal sealed class Watcher : IDisposable
{
    private const ulong FirstNetns = 1 << 20;

    private readonly LookupProgram<FrontendBucket4, Address4> _program;
    private readonly MappedMaps _maps;
    private readonly ReferenceMaps _reference;
    private readonly Random _random;
    private readonly Thread _thread;
    private volatile bool _isToStop;
    private volatile string? _fault;
    private ulong _netns = FirstNetns;

    internal Watcher(string bpffs, MapCapacities capacities, ReferenceMaps reference, Random random)
    {
        (_program, _maps) = (new(bpffs, capacities), new(bpffs));
        (_reference, _random) = (reference, random);
        _thread = new(Watch);
        _thread.Start();
    }

    /// <summary>How often it has looked.</summary>
    internal long Looks { get; private set; }

    /// <summary>What it saw first that should not be; null for nothing.</summary>
    internal string? Fault => _fault;

    public void Dispose()
    {
        _isToStop = true;
        _thread.Join();
        _program.Dispose();
        _maps.Dispose();
    }

    private void Watch()
    {
        while (!_isToStop && _fault is null)
        {
            try
            {
                LookAt(Universe.Frontends[_random.Next(Universe.Frontends.Count)]);
            }
            catch (Exception e)
            {
                _fault = $"{e}";
            }

            Looks++;
        }
    }

    private void LookAt(FrontendAddress address)
    {
        var before = _reference.At(address);
        if (_random.Next(2) == 0)
        {
            var found = _maps.Outside(address);
            Judge(address, before, planned => planned?.Outside == found, found);
            return;
        }

        var client = Universe.Clients[_random.Next(Universe.Clients.Count)];
        var dialled = address.Ip == IpAddress.Parse("0.0.0.0") ? address with { Ip = Universe.NodeAddresses[_random.Next(2)] } : address;
        var accepted = _reference.NodeAddresses;
        var answer = Ask(dialled, client);
        var mayBeLeft = dialled != address && !(accepted.TrueForAll(all => all.Contains(dialled.Ip)) && _reference.NodeAddresses.TrueForAll(all => all.Contains(dialled.Ip)));
        var mayBeServed = dialled == address || accepted.Exists(all => all.Contains(dialled.Ip)) || _reference.NodeAddresses.Exists(all => all.Contains(dialled.Ip));
        Judge(address, before, planned => answer == "left alone" ? planned is null || mayBeLeft : mayBeServed && planned?.Allows(client, answer) is true, answer);
    }

    // What it saw may be from before a change that it did not see begin, or after one that it saw neither begin nor end: more than one
    // change after the other is too many to tell.
    private void Judge(FrontendAddress address, Expected before, Func<PlannedFrontend?, bool> isMet, string? found)
    {
        var after = _reference.At(address);
        if (after.Version <= before.Version + 2 && !before.Allows(isMet) && !after.Allows(isMet))
        {
            _fault = $"{address}: {found ?? "nothing"}, and not {before}, then {after}";
        }
    }

    // Each time another client: what affinity has on record for the others is of a set that was.
    private string Ask(FrontendAddress address, IpAddress client)
    {
        var answer = _program.Run(new() { Netns = ++_netns, Key = new(address), Source = Address4.From(client) });
        return answer.WithoutBackend ?? $"{answer.BackendAddr.ToIpAddress()}:{answer.BackendPort.Value}";
    }
}
