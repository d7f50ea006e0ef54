namespace KubeProxyNext.Netlink;

/// <summary>Those of the kernel's flags of a link (<c>IFF_*</c>) that tell what it is and whether it works; who listens on it (promiscuous mode) is left out.</summary>
[Flags]
public enum LinkFlags : uint
{
    None = 0,

    /// <summary>The administrator wants it to work.</summary>
    Up = 0x1,

    Broadcast = 0x2,
    Loopback = 0x8,
    PointToPoint = 0x10,

    /// <summary>It works: it is up, and so is what it depends on.</summary>
    Running = 0x40,

    /// <summary>Nobody is asked for hardware addresses.</summary>
    NoArp = 0x80,

    /// <summary>A part of a bond or team.</summary>
    Slave = 0x800,

    /// <summary>It has a carrier.</summary>
    LowerUp = 0x10000,
}
