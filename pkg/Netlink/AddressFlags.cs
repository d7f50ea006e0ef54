namespace KubeProxyNext.Netlink;

/// <summary>Those of the kernel's flags of an address (<c>IFA_F_*</c>) that tell whether it can be used.</summary>
[Flags]
public enum AddressFlags
{
    None = 0,

    /// <summary>May be used before duplicate address detection is done (RFC 4429).</summary>
    Optimistic = 0x04,

    /// <summary>Another machine has it.</summary>
    DadFailed = 0x08,

    /// <summary>No longer for new connections of this machine; it still answers.</summary>
    Deprecated = 0x20,

    /// <summary>Duplicate address detection is not done yet.</summary>
    Tentative = 0x40,
}
