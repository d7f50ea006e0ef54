using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Dataplane.Devices;

/// <inheritdoc cref="IFamilyDevices"/>
internal sealed class FamilyDevices<TAddress>(PacketPrograms programs, DeviceAttachments attachments, Action waitForGracePeriod) : IFamilyDevices
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private readonly Lock _lock = new();

    // Those that run the programs of this process, in both directions.
    private readonly HashSet<int> _attached = [];
    private PacketConfig _config = new();
    private DeviceTable<TAddress>? _table;
    private PacketSettings<TAddress>? _settings;

    /// <summary>What the maps hold; null before the programs are loaded.</summary>
    internal PacketSettingsValue<TAddress>? Settings => _settings?.Written;

    /// <inheritdoc cref="DeviceTable{TAddress}.Written"/>
    internal IReadOnlyDictionary<int, DeviceValue<TAddress>?>? Written => _table?.Written;

    public IReadOnlyList<DeviceFailure> Serve(IReadOnlyList<DevicePlan> devices)
    {
        lock (_lock)
        {
            var pinned = attachments.Devices;
            RemoveExcept(pinned, devices.Select(device => device.Index).ToHashSet());
            return [.. devices.Select(device => TryServe(device, pinned.Contains(device.Index))).OfType<DeviceFailure>()];
        }
    }

    public void Configure(PacketConfig config)
    {
        lock (_lock)
        {
            _config = config;
            _settings?.Set(config);
        }
    }

    public void ForgetNextHops()
    {
        lock (_lock)
        {
            _settings?.ForgetNextHops();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _settings?.Dispose();
            programs.Dispose();
        }
    }

    private void RemoveExcept(IReadOnlySet<int> pinned, HashSet<int> wanted)
    {
        foreach (var gone in pinned.Where(index => !wanted.Contains(index)))
        {
            attachments.Detach(gone);
        }

        foreach (var gone in (_table?.Indexes ?? []).Where(index => !wanted.Contains(index)))
        {
            _table!.Remove(gone);
        }

        _attached.IntersectWith(wanted);
    }

    private DeviceFailure? TryServe(DevicePlan device, bool isPinned)
    {
        try
        {
            Serve(device, isPinned);
            return null;
        }
        catch (Exception error) when (error is BpfException or MapFullException)
        {
            return new(device, error);
        }
    }

    private void Serve(DevicePlan device, bool isPinned)
    {
        if (device.IsServed)
        {
            Load();
            Attach(device, isPinned);
        }
        else
        {
            Detach(device, isPinned);
        }
    }

    // Programs take a device for served only where both are there, so that whatever they begin is ended; the one that ends things comes
    // first. What an earlier process said of the device is true until then.
    private void Attach(DevicePlan device, bool isPinned)
    {
        if (!_attached.Contains(device.Index))
        {
            if (!isPinned || !_table!.Has(device.Index))
            {
                Write(device, DeviceFlags.None);
            }

            attachments.Attach(device.Index, DeviceHook.Egress, programs.Find(DeviceHook.Egress, device.HasEthernet));
            attachments.Attach(device.Index, DeviceHook.Ingress, programs.Find(DeviceHook.Ingress, device.HasEthernet));
            _attached.Add(device.Index);
        }

        Write(device, DeviceFlags.Served);
    }

    private void Detach(DevicePlan device, bool isPinned)
    {
        if (_table is not null)
        {
            Write(device, DeviceFlags.None);
        }

        _attached.Remove(device.Index);
        if (isPinned)
        {
            attachments.Detach(device.Index);
        }
    }

    private void Load()
    {
        if (_table is not null)
        {
            return;
        }

        var maps = programs.Maps;
        _settings = new(maps.Map("packet_settings"), waitForGracePeriod);
        _settings.Set(_config);
        _settings.ForgetNextHops();
        _table = new(maps.Map("devices"));
    }

    private void Write(DevicePlan device, DeviceFlags flags)
    {
        flags |= (device.HasPods ? DeviceFlags.Pods : 0) | (device.IsDetected ? DeviceFlags.Detected : 0);
        _table!.Set(device.Index, new(flags, device.AddressOf(TAddress.Family) is { } address ? TAddress.From(address) : default));
    }
}
