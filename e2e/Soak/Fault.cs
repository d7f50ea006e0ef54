namespace KubeProxyNext.Soak;

/// <summary>What befalls the daemon.</summary>
internal enum Fault
{
    /// <summary>SIGKILL, also while it starts.</summary>
    Killed,

    /// <summary>SIGTERM, also while it starts.</summary>
    Stopped,

    /// <summary>SIGTERM, and another program takes over.</summary>
    Upgraded,

    /// <summary>SIGTERM, and the next one has other capacities.</summary>
    Resized,
}
