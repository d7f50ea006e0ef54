using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Dataplane.Devices;

/// <inheritdoc cref="IFamilyDevices"/>
internal sealed class FamilyDevices<TAddress>(PacketPrograms programs, DeviceAttachments attachments, Action waitForGracePeriod) : IFamilyDevices
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private readonly Lock _lock = new();

    // Apart from the other, which is held while programs are verified: next hops are to be forgotten at once.
    private readonly Lock _settingsLock = new();

    // Those that run the programs of this process, in both directions, by index: another device may have that later.
    private readonly Dictionary<int, (string Name, bool HasEthernet)> _attached = [];
    private PacketConfig _config = new();
    private bool _hasFlows;
    private DeviceTable<TAddress>? _table;
    private PacketSettings<TAddress>? _settings;

    /// <summary>
    /// Carries over the flows of programs that are to be replaced, where they are in another table, and holds up new ones until the answer
    /// is disposed of; null where it is the same table.
    /// </summary>
    internal Func<IDisposable?>? CarryFlows { get; init; }

    /// <summary>What the maps hold; null before the programs are loaded.</summary>
    internal PacketSettingsValue<TAddress>? Settings => _settings?.Written;

    /// <inheritdoc cref="DeviceTable{TAddress}.Written"/>
    internal IReadOnlyDictionary<int, DeviceValue<TAddress>?>? Written => _table?.Written;

    /// <summary>How full the map is, as of about now; empty before there is one. Any thread may call, and waits for nobody.</summary>
    internal IEnumerable<(string Map, int Entries, int Capacity)> ReadUse() =>
        Volatile.Read(ref _table) is { } table ? [("devices", table.Count, table.Capacity)] : [];

    public IReadOnlyList<DeviceFailure> Serve(IReadOnlyList<DevicePlan> devices)
    {
        lock (_lock)
        {
            var (pinned, wanted) = (attachments.Devices, devices.Select(device => device.Index).ToHashSet());
            IEnumerable<int> known = [.. pinned, .. _table?.Written.Keys ?? []];
            var left = known.Distinct().Where(index => !wanted.Contains(index)).Select(TryLeave).ToList();

            return [.. left.OfType<DeviceFailure>(), .. ServeWanted(devices, pinned)];
        }
    }

    public IReadOnlyList<Drift> Audit(IReadOnlySet<int> there)
    {
        lock (_lock)
        {
            var drifts = new List<Drift>();
            foreach (var (index, (name, hasEthernet)) in _attached.Where(device => there.Contains(device.Key)).ToList())
            {
                if (!IsAttached(index, DeviceHook.Egress, hasEthernet) || !IsAttached(index, DeviceHook.Ingress, hasEthernet))
                {
                    _attached.Remove(index);
                    drifts.Add(new(TAddress.Family, "device", name));
                }
            }

            if (_table?.Restore() is true)
            {
                drifts.Add(new(TAddress.Family, "devices", "packets"));
            }

            lock (_settingsLock)
            {
                if (_settings?.Restore() is true)
                {
                    drifts.Add(new(TAddress.Family, "packet_settings", "packets"));
                }
            }

            return drifts;
        }
    }

    private bool IsAttached(int index, DeviceHook hook, bool hasEthernet) => attachments.IsAttached(index, hook, programs.Find(hook, hasEthernet));

    public void Configure(PacketConfig config)
    {
        lock (_settingsLock)
        {
            _config = config;
            _settings?.Set(config);
        }
    }

    public void ForgetNextHops()
    {
        lock (_settingsLock)
        {
            _settings?.ForgetNextHops();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            lock (_settingsLock)
            {
                _settings?.Dispose();
                _settings = null;
            }

            programs.Dispose();
        }
    }

    // What is only known is written first: whatever begins at a device that is served may lead there.
    private IReadOnlyList<DeviceFailure> ServeWanted(IReadOnlyList<DevicePlan> devices, IReadOnlySet<int> pinned)
    {
        var loads = devices.Any(device => device.IsServed);
        IDisposable? held = null;
        if (loads && TryTakeFlows(out held) is { } refused)
        {
            // Those at work go on as they are, with their flows.
            return [.. devices.Where(device => device.IsServed).Select(device => new DeviceFailure(device, refused))];
        }

        using var release = held;
        var attached = devices.OrderBy(device => device.IsServed).Select(device => TryServe(device, loads, pinned.Contains(device.Index))).ToList();
        var failed = attached.OfType<DeviceFailure>().Select(failure => failure.Device.Index).ToHashSet();
        var declared = devices.Where(device => device.IsServed && !failed.Contains(device.Index)).OrderBy(device => device.IsUplink).Select(TryDeclare);
        return [.. attached.Concat(declared).OfType<DeviceFailure>()];
    }

    // Null, or why they could not be.
    private BpfException? TryTakeFlows(out IDisposable? held)
    {
        held = null;
        try
        {
            held = _hasFlows ? null : CarryFlows?.Invoke();
            _hasFlows = true;
            return null;
        }
        catch (BpfException error)
        {
            return error;
        }
    }

    private DeviceFailure? TryLeave(int index) => Try(new(index, $"former device {index}", IsServed: false), () =>
    {
        _table?.Remove(index);
        _attached.Remove(index);
        attachments.Detach(index);
    });

    private DeviceFailure? TryServe(DevicePlan device, bool loads, bool isPinned) => Try(device, () =>
    {
        if (loads)
        {
            Load();
        }

        if (device.IsServed)
        {
            Attach(device, isPinned);
        }
        else
        {
            Detach(device, isPinned);
        }
    });

    // Nothing begins at a device before that, so nothing leads to where no program is yet. Most begins at uplinks.
    private DeviceFailure? TryDeclare(DevicePlan device) => Try(device, () => Write(device, DeviceFlags.Served));

    private static DeviceFailure? Try(DevicePlan device, Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception error) when (error is BpfException or MapFullException)
        {
            return new(device, error);
        }
    }

    // The device is declared to be served only when both are there, so that whatever they begin is ended; the one that ends things comes
    // first. What an earlier process said of the device is true until then.
    private void Attach(DevicePlan device, bool isPinned)
    {
        if (!_attached.TryGetValue(device.Index, out var attached) || attached != (device.Name, device.HasEthernet))
        {
            if (!isPinned || !_table!.Has(device.Index))
            {
                Write(device, DeviceFlags.None);
            }

            attachments.Attach(device.Index, DeviceHook.Egress, programs.Find(DeviceHook.Egress, device.HasEthernet));
            attachments.Attach(device.Index, DeviceHook.Ingress, programs.Find(DeviceHook.Ingress, device.HasEthernet));
            _attached[device.Index] = (device.Name, device.HasEthernet);
        }
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
        lock (_settingsLock)
        {
            _settings ??= new(maps.Map("packet_settings"), waitForGracePeriod);
            _settings.Set(_config);
            _settings.ForgetNextHops();
        }

        _table = new(maps.Map("devices"));
    }

    private void Write(DevicePlan device, DeviceFlags flags)
    {
        flags |= (device.HasPods ? DeviceFlags.Pods : 0) | (device.IsDetected ? DeviceFlags.Detected : 0);
        _table!.Set(device.Index, new(flags, device.AddressOf(TAddress.Family) is { } address ? TAddress.From(address) : default));

        // They say what kind of device they lead to.
        ForgetNextHops();
    }
}
