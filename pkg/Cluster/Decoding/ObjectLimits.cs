namespace KubeProxyNext.Cluster.Decoding;

/// <summary>
/// What an object may have. An API server lets nothing pass that is beyond; whoever stands in for one, or a manifest, may. So these are bounds on
/// memory and time, not another validation.
/// </summary>
internal static class ObjectLimits
{
    /// <summary>In bytes. An API server takes 3 MiB, as JSON or protobuf; the other form of that may be larger.</summary>
    public const int Object = 8 << 20;

    /// <summary>In characters, of names of objects, nodes and zones: that of a DNS name.</summary>
    public const int Name = 253;

    /// <summary>In characters, of names of ports: that of a DNS label.</summary>
    public const int PortName = 63;

    /// <summary>In characters: what all annotations of an object may have together.</summary>
    public const int Annotation = 256 << 10;

    /// <summary>External IPs of a Service, and addresses of its load balancer.</summary>
    public const int Addresses = 1024;

    /// <summary>Lines about one object, each time that it changes.</summary>
    public const int Problems = 20;
}
