using KubeProxyNext.Bpf;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>How full the maps are, and what programs have counted.</summary>
public sealed partial class Dataplane
{
    /// <summary>How many service ports of a family are in force. Any thread may call.</summary>
    internal int CountServicePorts(IpFamily family) => _families.First(one => one.Family == family).ServicePortCount;

    /// <summary>What programs have counted for service ports, those with the lowest ids. Any thread may call.</summary>
    internal IReadOnlyList<ServicePortUse> ReadServicePorts(IpFamily family, int most) =>
        _families.First(one => one.Family == family).ReadServicePorts(most);

    /// <summary>How full the maps are that the controller writes. Any thread may call.</summary>
    internal IEnumerable<MapUse> ReadMaps() => _families.SelectMany(family => family.ReadMaps());

    /// <summary>How full those of a family would be with plans that could not be put in force. Any thread may call.</summary>
    internal IEnumerable<MapUse> UseWith(IpFamily family, IReadOnlyCollection<ApplyFailure> refused)
    {
        var use = ReadMaps().Where(map => map.Family == family).ToDictionary(map => map.Map);
        var ports = refused.SelectMany(failure => failure.Plan.Ports.Where(port => port.Family == family)).ToList();
        yield return use["frontends"] with { Entries = use["frontends"].Entries + ports.Sum(port => port.Frontends.Count) };
        yield return use["service_counters"] with { Entries = use["service_counters"].Entries + ports.Count };
        yield return use["slots"] with { Entries = use["slots"].Entries + ports.Sum(port => port.Sets.Sum(set => set.SlotCount)) };
        yield return use["backends"] with { Entries = use["backends"].Entries + ports.Sum(port => port.Sets.Sum(set => set.Backends.Count)) };
        foreach (var map in refused.Select(failure => failure.Error).OfType<MapFullException>().Select(full => full.Map).Distinct())
        {
            yield return new(family, map, 1, 1);
        }
    }

    /// <summary>How full those are that have to be gone through for that: milliseconds. Any thread may call.</summary>
    /// <exception cref="BpfException">The kernel refused, or cannot read many entries at once.</exception>
    internal IEnumerable<MapUse> CountMaps() => _families.SelectMany(family => family.CountMaps());

    /// <summary>What the kernel counted for the loaded programs. Any thread may call.</summary>
    internal IEnumerable<ProgramUse> ReadPrograms() => _families.SelectMany(family => family.ReadPrograms());
}
