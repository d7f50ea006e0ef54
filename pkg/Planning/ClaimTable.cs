using System.Runtime.InteropServices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>
/// Who has each address, and who would like to. An address that one Service alone claims costs one entry, only the others
/// cost more. Not thread-safe.
/// </summary>
internal sealed class ClaimTable
{
    private readonly Dictionary<FrontendAddress, Claim> _owners = [];
    private readonly Dictionary<FrontendAddress, SortedSet<Claim>> _losers = [];

    // Addresses whose owner may have changed since the last TakeHandovers, with the owner of that time.
    private readonly Dictionary<FrontendAddress, ObjectName> _disturbed = [];

    /// <summary>Whether any address is claimed by more than one Service.</summary>
    public bool HasConflicts => _losers.Count > 0;

    public ObjectName? OwnerOf(FrontendAddress address) => _owners.TryGetValue(address, out var owner) ? owner.Service.Name : null;

    /// <summary>Those who want the address and do not have it, the next in line first.</summary>
    public IEnumerable<ObjectName> LosersOf(FrontendAddress address) =>
        _losers.TryGetValue(address, out var losers) ? losers.Select(claim => claim.Service.Name) : [];

    /// <summary>Adds a claim; a Service has at most one for an address.</summary>
    public void Add(FrontendAddress address, Claim claim)
    {
        ref var owner = ref CollectionsMarshal.GetValueRefOrAddDefault(_owners, address, out var isTaken);
        if (!isTaken)
        {
            owner = claim;
            return;
        }

        _disturbed.TryAdd(address, owner.Service.Name);
        ref var losers = ref CollectionsMarshal.GetValueRefOrAddDefault(_losers, address, out _);
        losers ??= [];
        losers.Add(claim.CompareTo(owner) < 0 ? owner : claim);
        owner = claim.CompareTo(owner) < 0 ? claim : owner;
    }

    /// <summary>Takes a claim back that was added just so; the next in line has the address then.</summary>
    public void Remove(FrontendAddress address, Claim claim)
    {
        var owner = _owners[address];
        _disturbed.TryAdd(address, owner.Service.Name);
        if (!_losers.TryGetValue(address, out var losers))
        {
            _owners.Remove(address);
            return;
        }

        if (owner.CompareTo(claim) == 0)
        {
            claim = _owners[address] = losers.Min;
        }

        losers.Remove(claim);
        if (losers.Count == 0)
        {
            _losers.Remove(address);
        }
    }

    /// <summary>The addresses that went from one Service to another since the last call; those that came back to their owner are not among them.</summary>
    public IReadOnlyList<Handover> TakeHandovers()
    {
        var handovers = new List<Handover>();
        foreach (var (address, before) in _disturbed)
        {
            if (_owners.TryGetValue(address, out var now) && now.Service.Name != before)
            {
                handovers.Add(new Handover(address, before, now.Service.Name));
            }
        }

        _disturbed.Clear();
        return handovers;
    }
}
