namespace KubeProxyNext.Dataplane.Devices;

/// <summary>The packet programs of one family, at the devices that they serve. Any thread may call.</summary>
internal interface IFamilyDevices : IDisposable
{
    /// <summary>Serves these devices as their plans say, and no others. What an earlier process attached is replaced in one step each.</summary>
    /// <returns>Those that could not be served, or left; all others are.</returns>
    IReadOnlyList<DeviceFailure> Serve(IReadOnlyList<DevicePlan> devices);

    /// <summary>Tells the programs what they go by, now or when they are loaded.</summary>
    void Configure(PacketConfig config);

    /// <summary>Has no program use a next hop that it remembers: routes, links or neighbours changed.</summary>
    void ForgetNextHops();
}
