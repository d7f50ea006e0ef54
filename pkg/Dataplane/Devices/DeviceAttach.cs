namespace KubeProxyNext.Dataplane.Devices;

/// <summary>How programs are attached to devices.</summary>
public enum DeviceAttach
{
    /// <summary>By links where the kernel has them for devices (6.6), else as filters.</summary>
    Auto,

    /// <summary>By links (tcx): they are updated in one step, and nobody but us removes them.</summary>
    Tcx,

    /// <summary>As filters of the <c>clsact</c> qdisc.</summary>
    Clsact,
}
