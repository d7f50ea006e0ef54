namespace KubeProxyNext.Laboratory;

/// <summary>What is set below <c>/proc/sys/net</c>, in the namespace of the thread that asks.</summary>
internal static class Tuning
{
    public static void Set(string key, string value) => File.WriteAllText($"/proc/sys/net/{key}", value);

    /// <summary>
    /// For devices that are made later: IPv6 on, without duplicate address detection, which would keep every address unusable for a second or two;
    /// and packets may come from wherever they like.
    /// </summary>
    public static bool ForNewDevices()
    {
        foreach (var scope in new[] { "all", "default" })
        {
            Set($"ipv6/conf/{scope}/accept_dad", "0");
            Set($"ipv6/conf/{scope}/disable_ipv6", "0");
            Set($"ipv4/conf/{scope}/rp_filter", "0");
        }

        return true;
    }

    /// <summary>Routes, and tells each connection that there is no way: with the usual limit only the first few within a second would know.</summary>
    public static bool ForRouting()
    {
        Set("ipv4/ip_forward", "1");
        Set("ipv6/conf/all/forwarding", "1");
        Set("ipv4/icmp_ratelimit", "0");
        Set("ipv6/icmp/ratelimit", "0");
        return true;
    }

    /// <summary>Of several ways one is chosen for each flow, by its ports too, as load balancers do.</summary>
    public static bool ForSpreadingFlows()
    {
        Set("ipv4/fib_multipath_hash_policy", "1");
        Set("ipv6/fib_multipath_hash_policy", "1");
        return true;
    }
}
