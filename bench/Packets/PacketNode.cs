using System.Runtime.CompilerServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Laboratory;
using KubeProxyNext.Model;

namespace KubeProxyNext.Bench.Packets;

/// <inheritdoc/>
internal sealed class PacketNode<TBucket, TAddress> : IPacketNode
    where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private readonly FamilyDataplane<TBucket, TAddress> _dataplane;

    /// <exception cref="LabException">Not everything fits, or the device cannot be served.</exception>
    internal PacketNode(string pins, int uplink, int services, int flows)
    {
        FileSystem.CreatePinFolder(pins);
        _dataplane = new(pins, Room(services, flows), devices: DeviceAttach.Auto);
        var devices = _dataplane.Devices!;
        devices.Configure(new() { NodeAddresses = [Addresses.Node] });
        if (devices.Serve([PlanFor(uplink)]) is [var failure, ..])
        {
            throw new LabException($"{failure.Device.Name}: {failure.Error.Message}", failure.Error);
        }

        _dataplane.SetNodeAddresses([Addresses.Node], loopback: false);
        foreach (var plan in new PacketServices(Family, services).Plans())
        {
            _dataplane.Apply(plan);
        }

        Flows = new(_dataplane.Packets!.Maps, Unsafe.SizeOf<TAddress>());
    }

    public IpFamily Family => TAddress.Family;

    public PacketAddresses Addresses { get; } = new(TAddress.Family);

    public FlowEntries Flows { get; }

    public BpfProgram Program(DeviceHook hook) => _dataplane.Packets!.Find(hook, ethernet: true);

    public void Dispose()
    {
        _dataplane.Devices!.Serve([]);
        _dataplane.Dispose();
    }

    private static MapCapacities Room(int services, int flows) => services < new MapCapacities().Frontends
        ? new() { Flows = flows }
        : Cluster.LargeCluster.Capacities with { Flows = flows };

    private DevicePlan PlanFor(int uplink) => Family == IpFamily.IPv4
        ? new(uplink, "eth0") { IPv4 = Addresses.Node }
        : new(uplink, "eth0") { IPv6 = Addresses.Node };
}
