namespace KubeProxyNext.Netlink;

/// <summary>How far an address reaches, as linux/rtnetlink.h has it; values between are the administrator's own.</summary>
public enum AddressScope : byte
{
    Universe = 0,
    Site = 200,
    Link = 253,
    Host = 254,
    Nowhere = 255,
}
