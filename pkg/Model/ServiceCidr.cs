namespace KubeProxyNext.Model;

/// <summary>One ServiceCIDR object: networks from which cluster IPs are allocated.</summary>
/// <param name="Networks">In the object's order, without what could not be parsed.</param>
public sealed record ServiceCidr(string Name, ValueArray<IpNetwork> Networks);
