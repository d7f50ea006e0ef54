using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>At which devices programs are, by their pins: whether or not a daemon runs.</summary>
public static class ServedDevices
{
    /// <summary>The indexes of the devices that have a family's programs in both directions, sorted. Devices that are gone may be among them.</summary>
    public static IReadOnlyList<int> Read(string bpffs, IpFamily family) =>
    [
        .. DevicePin.In(PinFolder.LinksFolderOf(bpffs), family).GroupBy(pin => pin.Device)
            .Where(pins => pins.DistinctBy(pin => pin.Hook).Count() == 2).Select(pins => pins.Key).Order(),
    ];
}
