using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Flows;

/// <summary>Looks at all flows of a family and ends those whose time has come.</summary>
internal interface IFlowSweep : IDisposable
{
    IpFamily Family { get; }

    /// <summary>How many entries there is room for.</summary>
    int Capacity { get; }

    /// <summary>Blocks for as long as it takes, without keeping others from its CPU.</summary>
    /// <returns>What is left.</returns>
    /// <exception cref="Bpf.BpfException">The kernel refused; the next call goes on where this one ended.</exception>
    FlowGauges Run(CancellationToken cancellationToken);
}
