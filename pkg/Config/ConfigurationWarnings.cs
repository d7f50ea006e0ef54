using KubeProxyNext.Model;

namespace KubeProxyNext.Config;

/// <summary>What a configuration says that somebody may have meant otherwise.</summary>
public static class ConfigurationWarnings
{
    /// <summary>Names of what was set to something else than its default, and means nothing here.</summary>
    public static IReadOnlyList<string> WithoutMeaning(KubeProxyConfiguration configuration) =>
    [
        .. configuration.Given
            .Where(pair => pair.Key.Meaning == Meaning.Ignored && !pair.Key.IsDefault(pair.Value, configuration))
            .Where(pair => configuration.FileName is not null || pair.Key.Flag is not null)
            .Select(pair => pair.Key.NameIn(configuration.FileName is not null))
            .Concat(configuration.Get(Settings.FeatureGates).Keys
                .Where(gate => gate != Settings.AllowServiceExternalIPs)
                .Select(gate => $"{Settings.FeatureGates.NameIn(configuration.FileName is not null)} {gate}"))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>What fits the node badly, though it can be done (behaviour 11.1).</summary>
    /// <param name="families">What the node can do.</param>
    public static IEnumerable<string> Suspicious(KubeProxyConfiguration configuration, ValueArray<IpFamily> families)
    {
        var name = Settings.NodePortAddresses.NameIn(configuration.FileName is not null);
        var addresses = configuration.Get(Settings.NodePortAddresses);
        ValueArray<IpFamily> covered = [.. addresses.Where(text => IpNetwork.TryParse(text, out _)).Select(text => NetworkOf(text).Family).Distinct()];
        if (addresses.IsEmpty)
        {
            yield return $"{name} is not set: NodePorts are answered on all addresses of the node; 'primary' would leave the others alone";
        }
        else if (!covered.IsEmpty && families.FirstOrDefault(family => !covered.Contains(family)) is var open && !covered.Contains(open) && families.Contains(open))
        {
            yield return $"{name} has no network of {open}: its NodePorts are answered on all {open} addresses of the node";
        }

        if (configuration.Get(Settings.DenyExternalIPs) && !configuration.Get(Settings.ExternalIPCidrs).IsEmpty)
        {
            yield return $"--{Settings.ExternalIPCidrs.Flag} lets nothing in: --{Settings.DenyExternalIPs.Flag} serves no external IP at all";
        }

        if (families.Count == 1)
        {
            foreach (var setting in new[] { Settings.HealthzBindAddress, Settings.MetricsBindAddress })
            {
                if (BindAddresses.TryParse(configuration.Get(setting), 1, out var at) && IpAddress.FromBytes(at.Address.GetAddressBytes()).Family != families[0])
                {
                    yield return $"{setting.NameIn(configuration.FileName is not null)} is no address of {families[0]}, the one family of this node";
                }
            }
        }
    }

    private static IpNetwork NetworkOf(string text) => IpNetwork.TryParse(text, out var network) ? network : default;
}
