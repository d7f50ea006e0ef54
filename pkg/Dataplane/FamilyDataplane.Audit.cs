using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Dataplane.Succession;

namespace KubeProxyNext.Dataplane;

/// <summary>What somebody else has changed, and how it is put right.</summary>
internal sealed partial class FamilyDataplane<TBucket, TAddress>
{
    /// <inheritdoc/>
    public IReadOnlyList<Drift> Audit(CgroupHandle cgroup)
    {
        var drifts = new List<Drift>();
        Directory.CreateDirectory(_pins.Links);
        foreach (var map in new[] { _programs, Packets?.LoadedMaps }.OfType<BpfObject>().SelectMany(loaded => _pins.RestoreMaps(loaded)))
        {
            drifts.Add(new(Family, "pin", map));
        }

        foreach (var program in RestoreLinks(cgroup))
        {
            drifts.Add(new(Family, "link", program));
        }

        lock (_inUse)
        {
            // What is read anew as free is not to be returned once more.
            _reclaimer.Drain();
            AuditFrontends(drifts);
            AuditSourceRanges(drifts);
            foreach (var port in _services.Values.SelectMany(ports => ports))
            {
                AuditSets(port, drifts);
            }
        }

        if (_maps.Settings.Restore())
        {
            drifts.Add(new(Family, "settings", "networks, NodePorts"));
        }

        if (_maps.NodeAddresses.Restore())
        {
            drifts.Add(new(Family, "node_addresses", "NodePorts"));
        }

        _maps.Unmap();
        return drifts;
    }

    // Those alone that are attached by now.
    private IEnumerable<string> RestoreLinks(CgroupHandle cgroup)
    {
        foreach (var program in _attached)
        {
            using var link = BpfLink.TryOpen(Path.Combine(_pins.Links, _beside.Contains(program) ? ProgramSwap.NameBeside(program) : program.Name));
            if (link is null || link.CgroupId != cgroup.Id || link.ProgramId != program.Id)
            {
                Replace([program], cgroup);
                yield return program.Name;
            }
        }
    }

    // An address may be with a Service that has it by now, and noted by the one that had it before: either is right.
    private void AuditFrontends(List<Drift> drifts)
    {
        if (!_maps.Frontends.IsSound())
        {
            drifts.Add(new(Family, "frontends", "chains"));
            _maps.Frontends.Recover();
        }

        var expected = _services.Values.SelectMany(ports => ports).SelectMany(port => port.Frontends).ToLookup(frontend => frontend.Key, frontend => frontend.Target);
        var found = new Dictionary<FrontendKey<TAddress>, FrontendTarget>();
        var isRight = true;
        foreach (var (key, target) in _maps.Frontends.Entries())
        {
            isRight &= expected[key].Contains(target) && found.TryAdd(key, target);
        }

        if (isRight && found.Count == expected.Count)
        {
            return;
        }

        RestoreFrontends(expected, drifts);
    }

    private void RestoreFrontends(ILookup<FrontendKey<TAddress>, FrontendTarget> expected, List<Drift> drifts)
    {
        // What was cleared is free by what the map says, and in use by what is known of it.
        var written = _maps.Frontends.Recover();
        foreach (var (key, _) in written.Where(frontend => !expected.Contains(frontend.Key)))
        {
            drifts.Add(new(Family, "frontends", $"{key} is nobody's"));
            _maps.Frontends.Remove(key);
        }

        foreach (var frontend in expected.Where(frontend => !(_maps.Frontends.Find(frontend.Key) is { } target && frontend.Contains(target))))
        {
            drifts.Add(new(Family, "frontends", $"{frontend.Key}"));
            _maps.Frontends.Set(frontend.Key, frontend.Last());
        }
    }

    // Those of nobody wait for a grace period.
    private void AuditSourceRanges(List<Drift> drifts)
    {
        var found = _maps.SourceRanges.Recover();
        foreach (var port in _services.Values.SelectMany(ports => ports))
        {
            var expected = port.SourceRanges ?? [];
            if (!port.HasFormerRanges && !expected.SetEquals(found[port.Service]))
            {
                drifts.Add(new(Family, "source_ranges", NameOf(port)));
                _maps.SourceRanges.Add(port.Service, [.. expected.Except(found[port.Service])]);
                _maps.SourceRanges.Remove(port.Service, found[port.Service].Except(expected));
            }
        }
    }

    private void AuditSets(PortState<TAddress> port, List<Drift> drifts)
    {
        foreach (var set in port.Sets.Where(set => !set.IsVacated))
        {
            if (RestoreSet(SetId.Of(port.Service, set.Content.Policy), set))
            {
                drifts.Add(new(Family, "sets", $"{NameOf(port)}, traffic policy {set.Content.Policy}"));
            }
        }
    }

    private bool RestoreSet(uint id, SetState set)
    {
        var isWrong = false;
        for (var slot = 0; slot < set.Range.Count; slot++)
        {
            var place = set.Content.BackendAt(slot);
            var (backend, backendId) = (set.Content.Backends[place], set.BackendIds[place]);
            var expected = new SlotValue<TAddress>(backend, id, backendId, _maps.Backends[(int)backendId].Generation);
            if (!_maps.Slots[set.Range.First + slot].Equals(expected))
            {
                isWrong = true;
                _maps.Slots[set.Range.First + slot] = expected;
            }
        }

        if (_maps.Sets[(int)id] != new SetValue(set.Range, set.Content.IfEmpty).Raw)
        {
            isWrong = true;
            _maps.WriteSet(id, set.Range, set.Content.IfEmpty);
        }

        return isWrong;
    }

    private string NameOf(PortState<TAddress> port) => FindServicePort(port.Service) is { } found ? $"{found.Service} {found.PortName}".TrimEnd() : $"{port.Service}";
}
