using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Dataplane.Succession;

namespace KubeProxyNext.Dataplane;

/// <summary>What somebody else has changed, and how it is put right.</summary>
internal sealed partial class FamilyDataplane<TBucket, TAddress>
{
    /// <inheritdoc/>
    public void Audit(CgroupHandle cgroup, AuditReport report)
    {
        report.Take(AuditPins);
        foreach (var program in _attached)
        {
            report.Take(() => AuditLink(program, cgroup));
        }

        lock (_inUse)
        {
            // What is read anew as free is not to be returned once more.
            _reclaimer.Drain();
            report.Take(AuditFrontends);
            report.Take(AuditSourceRanges);
            report.Take(() => _services.Values.SelectMany(ports => ports).SelectMany(AuditSets));
            report.Take(ReleaseFormer);
            _reclaimer.Collect();
        }

        report.Take(() => _maps.Settings.Restore() ? [new(Family, "settings", "networks, NodePorts")] : []);
        report.Take(() => _maps.NodeAddresses.Restore() ? [new(Family, "node_addresses", "NodePorts")] : []);
        _maps.Unmap();
    }

    private IEnumerable<Drift> AuditPins()
    {
        Directory.CreateDirectory(_pins.Links);
        return new[] { _programs, Packets?.LoadedMaps }.OfType<BpfObject>()
            .SelectMany(loaded => _pins.RestoreMaps(loaded)).Select(map => new Drift(Family, "pin", map));
    }

    private IEnumerable<Drift> AuditLink(BpfProgram program, CgroupHandle cgroup)
    {
        using var link = BpfLink.TryOpen(Path.Combine(_pins.Links, _beside.Contains(program) ? ProgramSwap.NameBeside(program) : program.Name));
        if (link is null || link.CgroupId != cgroup.Id || link.ProgramId != program.Id)
        {
            Replace([program], cgroup);
            yield return new(Family, "link", program.Name);
        }
    }

    // An address may be with a Service that has it by now, and noted by the one that had it before: either is right.
    private IEnumerable<Drift> AuditFrontends()
    {
        if (!_maps.Frontends.IsSound())
        {
            yield return new(Family, "frontends", "buckets");
            _maps.Frontends.Recover();
        }

        var expected = _services.Values.SelectMany(ports => ports).SelectMany(port => port.Frontends).ToLookup(frontend => frontend.Key, frontend => frontend.Target);
        var found = _maps.Frontends.Entries();
        if (found.Count == expected.Count && found.TrueForAll(frontend => expected[frontend.Key].Contains(frontend.Target)))
        {
            yield break;
        }

        foreach (var drift in RestoreFrontends(expected))
        {
            yield return drift;
        }
    }

    private IEnumerable<Drift> RestoreFrontends(ILookup<FrontendKey<TAddress>, FrontendTarget> expected)
    {
        // What was cleared is free by what the map says, and in use by what is known of it.
        var written = _maps.Frontends.Recover();
        foreach (var (key, _) in written.Where(frontend => !expected.Contains(frontend.Key)))
        {
            _maps.Frontends.Remove(key);
            yield return new(Family, "frontends", $"{key} is nobody's");
        }

        // Room that was taken by what others wrote is free by then.
        _reclaimer.Drain();
        foreach (var frontend in expected.Where(frontend => !(_maps.Frontends.Find(frontend.Key) is { } target && frontend.Contains(target))))
        {
            _maps.Frontends.Set(frontend.Key, frontend.Last());
            yield return new(Family, "frontends", $"{frontend.Key}");
        }
    }

    // Those of nobody wait for a grace period.
    private IEnumerable<Drift> AuditSourceRanges()
    {
        var found = _maps.SourceRanges.Recover();
        foreach (var port in _services.Values.SelectMany(ports => ports))
        {
            var expected = port.SourceRanges ?? [];
            if (!port.HasFormerRanges && !expected.SetEquals(found[port.Service]))
            {
                _maps.SourceRanges.Add(port.Service, [.. expected.Except(found[port.Service])]);
                _maps.SourceRanges.Remove(port.Service, found[port.Service].Except(expected));
                yield return new(Family, "source_ranges", NameOf(port));
            }
        }
    }

    private IEnumerable<Drift> AuditSets(PortState<TAddress> port)
    {
        foreach (var set in port.Sets.Where(set => !set.IsOutdated))
        {
            if (RestoreSet(SetId.Of(port.Service, set.Content.Policy), set))
            {
                yield return new(Family, "sets", $"{NameOf(port)}, traffic policy {set.Content.Policy}");
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
