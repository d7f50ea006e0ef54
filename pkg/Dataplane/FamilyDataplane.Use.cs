namespace KubeProxyNext.Dataplane;

/// <summary>How much of the dataplane is in use, for whoever watches it on another thread.</summary>
internal sealed partial class FamilyDataplane<TBucket, TAddress>
{
    /// <inheritdoc/>
    public int ServicePortCount
    {
        get
        {
            lock (_inUse)
            {
                return _services.Values.Sum(ports => ports.Count);
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ServicePortUse> ReadServicePorts(int most)
    {
        List<(Model.ObjectName Service, PortState<TAddress> Port)> ports;
        lock (_inUse)
        {
            ports = [.. _services.SelectMany(pair => pair.Value.Select(port => (pair.Key, port))).OrderBy(pair => pair.port.Service).Take(most)];
        }

        return [.. ports.Select(pair =>
        {
            var (connections, refused) = _maps.ReadCounters(pair.Port.Service);
            var traffic = _maps.ReadTraffic(pair.Port.Service);
            return new ServicePortUse(
                pair.Service, pair.Port.PortName, pair.Port.Protocol, Family, connections, refused, traffic.ToBackends, traffic.ToClients);
        })];
    }

    /// <inheritdoc/>
    public IEnumerable<MapUse> ReadMaps() =>
        _maps.ReadUse().Concat(_devices?.ReadUse() ?? []).Select(use => new MapUse(Family, use.Map, use.Entries, use.Capacity));

    /// <inheritdoc/>
    public IEnumerable<MapUse> CountMaps() => _maps.CountUse().Select(use => new MapUse(Family, use.Map, use.Entries, use.Capacity));

    /// <inheritdoc/>
    public IEnumerable<ProgramUse> ReadPrograms() =>
        _programs.Programs.Concat(Packets?.Loaded ?? []).Select(program => new ProgramUse(Family, program.Name, program.Runs));
}
