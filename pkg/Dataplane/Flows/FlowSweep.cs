using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Flows;

/// <summary>Sweeps of one family's flows, by the loaded program of <see cref="ExpiryObject"/>. One thread at a time.</summary>
internal sealed class FlowSweep(BpfObject expiry, IpFamily family) : IFlowSweep
{
    private readonly BpfProgram _program = expiry.Programs.Single();
    private readonly int _buckets = expiry.Map("flows").MaxEntries;

    // One that was cut short goes on with the next call: what it has counted so far is in the kernel.
    private FlowSweepValue _state;

    public IpFamily Family => family;

    public int Capacity => _buckets * MapCapacities.FlowWays;

    /// <inheritdoc/>
    public FlowGauges Run(CancellationToken cancellationToken)
    {
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            _program.RunOn(MemoryMarshal.AsBytes(new Span<FlowSweepValue>(ref _state)));
        }
        while (_state.Bucket < _buckets);
        var gauges = new FlowGauges(_state.Entries, _state.Connections);
        _state = default;
        return gauges;
    }

    public void Dispose() => expiry.Dispose();
}
