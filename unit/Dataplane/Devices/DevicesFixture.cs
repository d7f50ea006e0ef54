using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Model;
using KubeProxyNext.Unit.Netlink;
using IPv4Dataplane = KubeProxyNext.Dataplane.FamilyDataplane<KubeProxyNext.Dataplane.Maps.FrontendBucket4, KubeProxyNext.Dataplane.Maps.Address4>;

namespace KubeProxyNext.Unit.Dataplane.Devices;

/// <summary>Tests of packet programs at devices of a network namespace of the test's own.</summary>
[RequiresBpf]
public abstract class DevicesFixture
{
    private static readonly MapCapacities Small = new(Frontends: 16, Slots: 64, Sockets: 16, Flows: 64);

    private protected static DevicePlan Eth0 { get; } = new(7, "eth0");

    private protected static DevicePlan Eth1 { get; } = new(8, "eth1");

    private protected TemporaryPins Pins { get; private set; } = null!;

    private protected TemporaryNetwork Network { get; private set; } = null!;

    private protected IPv4Dataplane Tested { get; private set; } = null!;

    /// <summary>What there is at the start.</summary>
    private protected virtual DeviceAttach? Kind => DeviceAttach.Tcx;

    [SetUp]
    public void SetUp()
    {
        Pins = new();
        Network = new();
        Network.Do("link add eth0 index 7 type veth peer name peer0", "link add eth1 index 8 type veth peer name peer1");
        Start(Kind);
    }

    [TearDown]
    public void TearDown()
    {
        Tested.Dispose();
        Network.Run(() => KubeProxyNext.Dataplane.Dataplane.Cleanup(Pins.Bpffs));
        Pins.Dispose();
        Network.Dispose();
    }

    /// <summary>Ends the process, as far as the kernel can tell, and begins another.</summary>
    private protected void Restart(DeviceAttach? kind)
    {
        Tested.Dispose();
        Start(kind);
    }

    private protected IReadOnlyList<DeviceFailure> Serve(params DevicePlan[] devices) => Network.Run(() => Tested.Devices!.Serve(devices));

    /// <summary>The link and the filter at a hook, each by the id of its program; 0 where there is none.</summary>
    private protected (uint Link, uint Filter) At(DevicePlan device, DeviceHook hook)
    {
        using var link = BpfLink.TryOpen(Pin(device, hook, isFilter: false).Path);
        var filter = Pin(device, hook, isFilter: true).Filter;
        return (link is { DeviceIndex: > 0 } ? link.ProgramId : 0, Network.Run(filter.FindProgram) ?? 0);
    }

    private protected uint LinkId(DevicePlan device, DeviceHook hook)
    {
        using var link = BpfLink.TryOpen(Pin(device, hook, isFilter: false).Path);
        return link!.Id;
    }

    /// <summary>What is pinned for devices.</summary>
    private protected IEnumerable<string> Pinned() =>
        Directory.GetFiles(Links).Where(path => DevicePin.TryParse(path) is not null).Select(path => Path.GetFileName(path));

    private string Links => Path.Combine(Pins.Bpffs, "links");

    private DevicePin Pin(DevicePlan device, DeviceHook hook, bool isFilter) => DevicePin.Of(Links, IpFamily.IPv4, hook, device.Index, isFilter);

    private void Start(DeviceAttach? kind) => Tested = new(Pins.Bpffs, Small, devices: kind);
}
