namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct flow_entry</c> of one of the two builds of the programs.</summary>
internal interface IFlowEntry<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    /// <summary>What it says, as far as anybody here wants to know.</summary>
    FlowRecord<TAddress> Read();
}
