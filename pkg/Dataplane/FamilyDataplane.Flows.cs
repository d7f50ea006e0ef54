using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

internal sealed partial class FamilyDataplane<TBucket, TAddress>
{
    private readonly Func<FlowTimeouts, BpfObject> _openExpiry;
    private bool _hasStaleFlows;

    /// <inheritdoc/>
    public Action? OnStaleFlows { get; set; }

    /// <inheritdoc/>
    public IFlowSweep? OpenFlowSweep(FlowTimeouts timeouts)
    {
        if (Packets is null)
        {
            return null;
        }

        // Whose maps are shared, so they have to be there first: two who make them at the same time would be in each other's way.
        _ = Packets.Maps;
        var opened = _openExpiry(timeouts);
        try
        {
            _pins.PinMaps(opened, save: ExpiryObject.Census);
            opened.Load();
            return new FlowSweep(opened, Family);
        }
        catch (BpfException)
        {
            opened.Dispose();
            throw;
        }
    }

    // Behaviour 6.1 ends UDP's alone. The sweep begins when the plan is written, for all of it at once.
    private void MarkFlows(uint backend, Protocol protocol) =>
        _hasStaleFlows |= protocol == Protocol.Udp && _devices is not null && _maps.HasFlows(backend);

    private void CollectFlows()
    {
        if (_hasStaleFlows)
        {
            _hasStaleFlows = false;
            OnStaleFlows?.Invoke();
        }
    }
}
