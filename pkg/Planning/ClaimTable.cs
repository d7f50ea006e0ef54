using System.Runtime.InteropServices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>
/// Who has each address, and who would like to. An address that one Service alone claims costs one entry, only the others
/// cost more. Not thread-safe.
/// </summary>
internal sealed class ClaimTable
{
    private readonly Dictionary<FrontendAddress, Owner> _owners = [];
    private readonly Dictionary<FrontendAddress, SortedSet<Claim>> _losers = [];

    // Addresses whose owner may have changed since the last TakeHandovers, with the owner of that time.
    private readonly Dictionary<FrontendAddress, ObjectName> _disturbed = [];

    private int _round;

    /// <summary>Whether any address is claimed by more than one Service.</summary>
    public bool HasConflicts => _losers.Count > 0;

    public ObjectName? OwnerOf(FrontendAddress address) => _owners.TryGetValue(address, out var owner) ? owner.Service.Name : null;

    /// <summary>Those who want the address and do not have it, the next in line first.</summary>
    public IEnumerable<ObjectName> LosersOf(FrontendAddress address) =>
        _losers.TryGetValue(address, out var losers) ? losers.Select(claim => claim.Service.Name) : [];

    /// <summary>Those of its frontends that a Service has.</summary>
    public ValueArray<Frontend> OwnedBy(ObjectName service, ValueArray<Frontend> frontends)
    {
        foreach (var frontend in frontends)
        {
            if (OwnerOf(frontend.Address) != service)
            {
                return [.. frontends.Where(each => OwnerOf(each.Address) == service)];
            }
        }

        return frontends;
    }

    /// <summary>Adds a claim; a Service has at most one for an address.</summary>
    public void Add(FrontendAddress address, Claim claim)
    {
        ref var owner = ref CollectionsMarshal.GetValueRefOrAddDefault(_owners, address, out var isTaken);
        if (!isTaken)
        {
            owner = new Owner(claim, _round);
            return;
        }

        ref var losers = ref CollectionsMarshal.GetValueRefOrAddDefault(_losers, address, out _);
        losers ??= [];
        if (claim.CompareTo(owner.Claim) > 0)
        {
            losers.Add(claim);
            return;
        }

        Disturb(address, owner);
        losers.Add(owner.Claim);
        owner = new Owner(claim, _round);
    }

    /// <summary>Takes a claim back that was added just so; the next in line has the address then.</summary>
    public void Remove(FrontendAddress address, Claim claim)
    {
        var (owner, losers) = (_owners[address], _losers.GetValueOrDefault(address));
        var isOwner = owner.Claim.CompareTo(claim) == 0;
        if (isOwner)
        {
            Disturb(address, owner);
        }

        if (losers is null)
        {
            _owners.Remove(address);
            return;
        }

        if (isOwner)
        {
            claim = losers.Min;
            _owners[address] = new Owner(claim, _round);
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
        _round++;
        return handovers;
    }

    // Who got the address only since the last TakeHandovers never had it as far as anybody knows.
    private void Disturb(FrontendAddress address, in Owner owner)
    {
        if (owner.Since != _round)
        {
            _disturbed.TryAdd(address, owner.Service.Name);
        }
    }

    // A claim and the round in which it won: flat, so that the round costs nothing.
    private readonly record struct Owner(Service Service, FrontendKind Kind, int Since)
    {
        public Owner(Claim claim, int since)
            : this(claim.Service, claim.Kind, since)
        {
        }

        public Claim Claim => new(Service, Kind);
    }
}
