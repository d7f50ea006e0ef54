using System.Runtime.CompilerServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>
/// What is missing of the pins for devices. Each device that is served has a program of each family in each direction; which devices are,
/// the map of devices tells, and what is pinned of the others.
/// </summary>
internal static class DevicePinDamage
{
    /// <exception cref="BpfException">A map may not be read.</exception>
    internal static IEnumerable<string> Find(string bpffs)
    {
        var links = PinFolder.LinksFolderOf(bpffs);
        var folders = Enum.GetValues<IpFamily>().ToDictionary(family => family, family => PinFolder.MapFoldersOf(bpffs, family).ToArray());
        IpFamily[] families = [.. folders.Keys.Where(family => folders[family].Length == 1)];
        DevicePin[] pins = [.. families.SelectMany(family => DevicePin.In(links, family))];
        var served = families.SelectMany(family => ServedIn(Path.Combine(folders[family][0], "devices"), family));
        var has = pins.Select(pin => (pin.Device, pin.Family, pin.Hook)).ToHashSet();
        return
        [
            .. from device in pins.Select(pin => pin.Device).Concat(served).Distinct().Order()
               from family in families
               from hook in Enum.GetValues<DeviceHook>()
               where !has.Contains((device, family, hook))
               select $"link {Path.GetFileName(DevicePin.Of(links, family, hook, device, isFilter: false).Path)} has no pin",
        ];
    }

    private static IReadOnlyList<int> ServedIn(string path, IpFamily family)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var map = PinnedMap.Open(path);
        return family == IpFamily.IPv4 ? ServedIn<Address4>(map) : ServedIn<Address6>(map);
    }

    // That of another build may be something else.
    private static IReadOnlyList<int> ServedIn<TAddress>(PinnedMap map)
        where TAddress : unmanaged, IMapAddress<TAddress>
    {
        if ((map.KeySize, map.ValueSize) != (sizeof(uint), Unsafe.SizeOf<DeviceValue<TAddress>>()))
        {
            return [];
        }

        var devices = new BpfMap<uint, DeviceValue<TAddress>>(map);
        return [.. devices.Keys().Where(index => devices.TryGet(index, out var device) && device.Flags.HasFlag(DeviceFlags.Served)).Select(index => (int)index)];
    }
}
