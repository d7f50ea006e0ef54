using KubeProxyNext.Bpf;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>A device that is not served as its plan says, and why.</summary>
public sealed record DeviceFailure(DevicePlan Device, Exception Error)
{
    /// <summary>Whether there is no such device any more.</summary>
    public bool IsGone => Error is BpfException { Errno: Errno.NoDevice };
}
