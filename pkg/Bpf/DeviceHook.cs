namespace KubeProxyNext.Bpf;

/// <summary>Where a network device runs programs on packets.</summary>
public enum DeviceHook
{
    /// <summary>Before the network stack has seen what comes in.</summary>
    Ingress,

    /// <summary>After the network stack, on what goes out.</summary>
    Egress,
}
