using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>The dataplane of one family: the two families are two instances of one thing.</summary>
internal interface IFamilyDataplane : IDisposable
{
    IpFamily Family { get; }

    /// <summary>The packet programs; null where no device is to be served.</summary>
    Devices.IFamilyDevices? Devices { get; }

    /// <summary>Called where flows may have to end at once, since their backend is gone; on the thread that applies plans.</summary>
    Action? OnStaleFlows { get; set; }

    /// <summary>What ends flows; null where no device is to be served. Any thread may call.</summary>
    /// <exception cref="Bpf.BpfException">The kernel refused.</exception>
    Flows.IFlowSweep? OpenFlowSweep(Flows.FlowTimeouts timeouts);

    /// <summary>How many frontends are in force.</summary>
    int FrontendCount { get; }

    /// <summary>Makes the maps say what the plan says; what is equal already is not written.</summary>
    /// <exception cref="MapFullException">A map has no room; what was in force before still is.</exception>
    void Apply(ServicePlan plan);

    /// <summary>Removes what an earlier process left in the maps and no plan has claimed.</summary>
    void RemoveUnclaimed();

    /// <summary>Attaches the programs, or has the attached ones replaced: all or none.</summary>
    /// <param name="bindProtection">Whether processes are kept from binding NodePorts.</param>
    /// <exception cref="Bpf.BpfException">The kernel refused; what was at work before still is.</exception>
    void Attach(Bpf.CgroupHandle cgroup, bool bindProtection);

    /// <summary>Carries over what programs still wrote into former maps, and removes those: for when all programs are replaced.</summary>
    /// <exception cref="Bpf.BpfException">The kernel refused; the next start goes on with it.</exception>
    void RemoveFormer();

    /// <summary>Puts right what somebody else has changed in pins, links and maps that this has written.</summary>
    /// <param name="report">Gets what was not as it had been left.</param>
    void Audit(Bpf.CgroupHandle cgroup, AuditReport report);

    /// <summary>The grace period that something waits for; null where nothing does.</summary>
    Task? GracePeriod { get; }

    /// <summary>Gives mapped memory back until it is touched again: for after a time of many writes.</summary>
    void Unmap();

    /// <summary>Lets entries be used again whose grace period is over, and begins to destroy what sockets are to be.</summary>
    void Collect();

    /// <summary>Has everything refused in these networks that no Service has. Any thread may call.</summary>
    /// <returns>Those of this family that there is no room for: nothing is refused there.</returns>
    IReadOnlyList<IpNetwork> SetServiceNetworks(IEnumerable<IpNetwork> networks);

    /// <summary>Has these addresses, and only these, accept NodePorts. Any thread may call.</summary>
    /// <param name="loopback">Whether loopback addresses do, too.</param>
    /// <returns>How many found no room: the last ones.</returns>
    int SetNodeAddresses(IEnumerable<IpAddress> addresses, bool loopback);

    /// <summary>Where programs say what happened: the ring buffer <c>events</c>.</summary>
    Bpf.BpfMap Events { get; }

    /// <summary>Understands a record of <see cref="Events"/>. Any thread may call.</summary>
    BindRefusal ReadBindEvent(byte[] record);

    /// <summary>Whose service port has the id; null where nobody's has. Any thread may call.</summary>
    (ObjectName Service, string PortName)? FindServicePort(uint id);

    /// <summary>How many service ports are in force. Any thread may call.</summary>
    int ServicePortCount { get; }

    /// <summary>What programs have counted for service ports, those with the lowest ids. Any thread may call.</summary>
    IReadOnlyList<ServicePortUse> ReadServicePorts(int most);

    /// <summary>How full the maps are that the controller writes. Any thread may call.</summary>
    IEnumerable<MapUse> ReadMaps();

    /// <summary>How full those are that have to be gone through for that. Any thread may call.</summary>
    /// <exception cref="Bpf.BpfException">The kernel refused, or cannot read many entries at once.</exception>
    IEnumerable<MapUse> CountMaps();

    /// <summary>What the kernel counted for the loaded programs. Any thread may call.</summary>
    IEnumerable<ProgramUse> ReadPrograms();
}
