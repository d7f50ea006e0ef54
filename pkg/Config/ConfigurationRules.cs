using KubeProxyNext.Model;

namespace KubeProxyNext.Config;

/// <summary>What a configuration must be, as a whole.</summary>
public static class ConfigurationRules
{
    /// <summary>All that is wrong with single values and with what they are together; a line each.</summary>
    internal static IReadOnlyList<string> Check(KubeProxyConfiguration configuration) =>
    [
        .. configuration.Given
            .Where(pair => Matters(pair.Key, configuration))
            .Select(pair => pair.Key.FindFault(pair.Value, NameOf(pair.Key, configuration)))
            .OfType<string>()
            .Order(StringComparer.Ordinal),
        .. CheckTogether(configuration),
    ];

    /// <summary>All that is wrong with what values are together, each for itself being as it should; a line each.</summary>
    public static IEnumerable<string> CheckTogether(KubeProxyConfiguration configuration) =>
        CheckPeriods(configuration).Concat(CheckMode(configuration)).Concat(CheckDetector(configuration));

    /// <summary>The section of the mode says how often.</summary>
    public static Setting<TimeSpan> SyncPeriodOf(KubeProxyConfiguration configuration) => configuration.Get(Settings.Mode) switch
    {
        "ipvs" => Settings.IpvsSyncPeriod,
        "nftables" => Settings.NftSyncPeriod,
        _ => Settings.IptablesSyncPeriod,
    };

    private static Setting<TimeSpan> MinSyncPeriodOf(KubeProxyConfiguration configuration) => configuration.Get(Settings.Mode) switch
    {
        "ipvs" => Settings.IpvsMinSyncPeriod,
        "nftables" => Settings.NftMinSyncPeriod,
        _ => Settings.IptablesMinSyncPeriod,
    };

    // What is about another mode may be anything, as it may for kube-proxy.
    private static bool Matters(Setting setting, KubeProxyConfiguration configuration) =>
        setting.Field is not { } field || field.Split('.')[0] is not ("ipvs" or "nftables")
        || field.StartsWith(configuration.Get(Settings.Mode) + ".", StringComparison.Ordinal);

    private static string NameOf(Setting setting, KubeProxyConfiguration configuration) => setting.NameIn(configuration.FileName is not null);

    private static IEnumerable<string> CheckPeriods(KubeProxyConfiguration configuration)
    {
        var (longest, shortest) = (SyncPeriodOf(configuration), MinSyncPeriodOf(configuration));
        var (period, least) = (configuration.Get(longest), configuration.Get(shortest));
        if (period <= TimeSpan.Zero)
        {
            yield return Fault(longest, "a duration that is greater than 0", GoDuration.Format(period));
        }
        else if (least < TimeSpan.Zero)
        {
            yield return Fault(shortest, "a duration that is not negative", GoDuration.Format(least));
        }
        else if (least > period)
        {
            yield return Fault(
                shortest, $"at most {NameOf(longest, configuration)}, which is {GoDuration.Format(period)}", GoDuration.Format(least));
        }

        string Fault(Setting setting, string allowed, string text) => $"{NameOf(setting, configuration)} must be {allowed}, not '{text}'";
    }

    private static IEnumerable<string> CheckMode(KubeProxyConfiguration configuration) => configuration.Get(Settings.Mode) switch
    {
        "ipvs" => configuration.Get(Settings.IpvsExcludeCidrs)
            .Where(network => !IpNetwork.TryParse(network, out _))
            .Select(network => $"{NameOf(Settings.IpvsExcludeCidrs, configuration)} must be CIDRs, not '{network}'"),
        "nftables" when configuration.Get(Settings.NftMasqueradeBit) is var bit and (< 0 or > 31) =>
            [$"{NameOf(Settings.NftMasqueradeBit, configuration)} must be a number from 0 to 31, not '{bit}'"],
        _ => [],
    };

    // What the mode does not go by is not looked at.
    private static IEnumerable<string> CheckDetector(KubeProxyConfiguration configuration) => configuration.Get(Settings.DetectLocalMode) switch
    {
        "" or "ClusterCIDR" => CheckClusterCidr(configuration.Get(Settings.ClusterCidr), NameOf(Settings.ClusterCidr, configuration)),
        "BridgeInterface" => CheckDevice(Settings.BridgeInterface, configuration),
        "InterfaceNamePrefix" => CheckDevice(Settings.InterfaceNamePrefix, configuration),
        _ => [],
    };

    private static IEnumerable<string> CheckDevice(Setting<string> device, KubeProxyConfiguration configuration) => configuration.Get(device).Length > 0
        ? []
        : [$"{NameOf(device, configuration)} must not be empty with {NameOf(Settings.DetectLocalMode, configuration)} {configuration.Get(Settings.DetectLocalMode)}"];

    private static IEnumerable<string> CheckClusterCidr(string text, string name)
    {
        var networks = new List<IpNetwork>();
        foreach (var item in text.Length == 0 ? [] : text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!IpNetwork.TryParse(item, out var network))
            {
                yield return $"{name} must be a CIDR like 10.244.0.0/16, or one of each family with a comma, not '{item}'";
            }

            networks.Add(network);
        }

        if (networks.Count > 2 || networks.DistinctBy(network => network.Family).Count() < networks.Count)
        {
            yield return $"{name} must have at most one network of each family, not '{text}'";
        }
    }
}
