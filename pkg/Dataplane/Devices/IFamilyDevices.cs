namespace KubeProxyNext.Dataplane.Devices;

/// <summary>The packet programs of one family, at the devices that they serve. Any thread may call.</summary>
internal interface IFamilyDevices : IDisposable
{
    /// <summary>Serves these devices as their plans say, and no others. What an earlier process attached is replaced in one step each.</summary>
    /// <returns>Those that could not be served, or left; all others are.</returns>
    IReadOnlyList<DeviceFailure> Serve(IReadOnlyList<DevicePlan> devices);

    /// <summary>
    /// Puts right what somebody else has changed in what programs are told, and finds devices that do not run the programs any more: the next
    /// <see cref="Serve"/> has them do so.
    /// </summary>
    /// <param name="there">The indices of devices that there are.</param>
    /// <exception cref="Bpf.BpfException">The kernel refused.</exception>
    IReadOnlyList<Drift> Audit(IReadOnlySet<int> there);

    /// <summary>Tells the programs what they go by, now or when they are loaded.</summary>
    void Configure(PacketConfig config);

    /// <summary>Has no program use a next hop that it remembers: routes, links or neighbours changed.</summary>
    void ForgetNextHops();
}
