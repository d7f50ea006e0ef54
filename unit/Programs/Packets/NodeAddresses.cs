namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>The names of addresses in texts of packets, as <see cref="FamilyText"/> reads them.</summary>
internal static class NodeAddresses
{
    internal static readonly Dictionary<string, string> All = new()
    {
        ["client"] = "198.51.100.7",
        ["other"] = "198.51.100.200",
        ["router"] = "198.51.100.1",
        ["node"] = "192.0.2.11",
        ["node-b"] = "192.0.3.11",
        ["node-c"] = "192.0.4.11",
        ["n2"] = "192.0.2.21",
        ["pod"] = "10.244.1.50",
        ["bridge"] = "10.244.1.1",
        ["L1"] = "10.244.1.5",
        ["L2"] = "10.244.1.6",
        ["R1"] = "10.244.2.5",
        ["R2"] = "10.244.3.5",
        ["cip"] = "10.96.10.1",
        ["lb"] = "203.0.113.10",
        ["eip"] = "203.0.113.99",
    };
}
