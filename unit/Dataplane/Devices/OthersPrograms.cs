using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Unit.Netlink;

namespace KubeProxyNext.Unit.Dataplane.Devices;

/// <summary>Programs of somebody else at a device: two at each hook, by links or as filters.</summary>
internal sealed class OthersPrograms : IDisposable
{
    private const uint Handle = 1;

    // The priority of ours among them.
    private static readonly ushort[] Priorities = [1, 2, 50, 0xffff];

    private readonly BpfObject _early = EmbeddedObject.Open("probe6");
    private readonly BpfObject _late = EmbeddedObject.Open("probe6");
    private readonly List<BpfLink> _links = [];
    private readonly List<ClsactFilter> _filters = [];
    private readonly TemporaryNetwork _network;
    private readonly int _device;
    private readonly DeviceAttach _kind;

    internal OthersPrograms(TemporaryNetwork network, int device, DeviceAttach kind)
    {
        (_network, _device, _kind) = (network, device, kind);
        _early.Load();
        _late.Load();
    }

    /// <summary>The id of the program that was there first.</summary>
    internal uint Early => _links[0].ProgramId;

    internal uint Late => _links[^1].ProgramId;

    internal void AttachBefore() => Attach(_early, Priorities[..2]);

    internal void AttachAfter() => Attach(_late, Priorities[2..]);

    internal bool AreThere() => _links.All(link => List(DeviceHook.Ingress).Concat(List(DeviceHook.Egress)).Contains(link.ProgramId))
        && _filters.All(filter => _network.Run(filter.FindProgram) is not null);

    /// <summary>Takes the filters away; the qdisc stays.</summary>
    internal void Detach() => _filters.ForEach(filter => _network.Run(filter.Detach));

    internal uint[] List(DeviceHook hook) => _network.Run(() => DevicePrograms.List(_device, hook));

    public void Dispose()
    {
        _links.ForEach(link => link.Dispose());
        _early.Dispose();
        _late.Dispose();
    }

    private void Attach(BpfObject from, ushort[] priorities)
    {
        var program = from.Programs.Single();
        foreach (var hook in Enum.GetValues<DeviceHook>())
        {
            if (_kind == DeviceAttach.Tcx)
            {
                _links.Add(_network.Run(() => program.AttachTo(_device, hook)));
                continue;
            }

            foreach (var filter in priorities.Select(priority => new ClsactFilter(_device, hook, Handle, priority)))
            {
                _network.Run(() => { filter.Attach(program); return 0; });
                _filters.Add(filter);
            }
        }
    }
}
