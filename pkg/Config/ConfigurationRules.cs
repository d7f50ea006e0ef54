using KubeProxyNext.Model;

namespace KubeProxyNext.Config;

/// <summary>What a configuration must be, as a whole.</summary>
public static class ConfigurationRules
{
    /// <summary>All that is wrong with single values and with what they are together.</summary>
    internal static IEnumerable<Fault> Check(KubeProxyConfiguration configuration) => configuration.Given
        .Where(pair => Matters(pair.Key, configuration))
        .Select(pair => pair.Key.FindFault(pair.Value, NameOf(pair.Key, configuration)) is { } text ? new Fault(text, pair.Key) : null)
        .OfType<Fault>()
        .Concat(FindTogether(configuration));

    /// <summary>All that is wrong with what values are together, each for itself being as it should; a line each.</summary>
    public static IEnumerable<string> CheckTogether(KubeProxyConfiguration configuration) => FindTogether(configuration).Select(fault => fault.Text);

    private static IEnumerable<Fault> FindTogether(KubeProxyConfiguration configuration) =>
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

    private static IEnumerable<Fault> CheckPeriods(KubeProxyConfiguration configuration)
    {
        var (longest, shortest) = (SyncPeriodOf(configuration), MinSyncPeriodOf(configuration));
        var (period, least) = (configuration.Get(longest), configuration.Get(shortest));
        if (period <= TimeSpan.Zero)
        {
            yield return NotAllowed("a duration that is greater than 0", GoDuration.Format(period), longest);
        }
        else if (least < TimeSpan.Zero)
        {
            yield return NotAllowed("a duration that is not negative", GoDuration.Format(least), shortest);
        }
        else if (least > period)
        {
            yield return NotAllowed(
                $"at most {NameOf(longest, configuration)}, which is {GoDuration.Format(period)}", GoDuration.Format(least), shortest, longest);
        }

        Fault NotAllowed(string allowed, string text, params IReadOnlyList<Setting> about) =>
            new($"{NameOf(about[0], configuration)} must be {allowed}, not '{text}'", about);
    }

    private static IEnumerable<Fault> CheckMode(KubeProxyConfiguration configuration) => configuration.Get(Settings.Mode) switch
    {
        "ipvs" => configuration.Get(Settings.IpvsExcludeCidrs)
            .Where(network => !IpNetwork.TryParse(network, out _))
            .Select(network => new Fault($"{NameOf(Settings.IpvsExcludeCidrs, configuration)} must be CIDRs, not '{network}'", Settings.IpvsExcludeCidrs)),
        "nftables" when configuration.Get(Settings.NftMasqueradeBit) is var bit and (< 0 or > 31) =>
            [new($"{NameOf(Settings.NftMasqueradeBit, configuration)} must be a number from 0 to 31, not '{bit}'", Settings.NftMasqueradeBit)],
        _ => [],
    };

    // What the mode does not go by is not looked at.
    private static IEnumerable<Fault> CheckDetector(KubeProxyConfiguration configuration) => configuration.Get(Settings.DetectLocalMode) switch
    {
        "" or "ClusterCIDR" => CheckClusterCidr(configuration.Get(Settings.ClusterCidr), NameOf(Settings.ClusterCidr, configuration))
            .Select(text => new Fault(text, Settings.ClusterCidr)),
        "BridgeInterface" => CheckDevice(Settings.BridgeInterface, configuration),
        "InterfaceNamePrefix" => CheckDevice(Settings.InterfaceNamePrefix, configuration),
        _ => [],
    };

    private static IEnumerable<Fault> CheckDevice(Setting<string> device, KubeProxyConfiguration configuration) => configuration.Get(device).Length > 0
        ? []
        :
        [
            new(
                $"{NameOf(device, configuration)} must not be empty with {NameOf(Settings.DetectLocalMode, configuration)} {configuration.Get(Settings.DetectLocalMode)}",
                device, Settings.DetectLocalMode),
        ];

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
