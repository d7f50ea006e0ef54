using KubeProxyNext.Config.File;
using KubeProxyNext.Model;

namespace KubeProxyNext.Config;

/// <summary>Puts together what flags and a file say, in kube-proxy's order of precedence (behaviour 10).</summary>
public static class ConfigurationLoader
{
    /// <summary>What the flags say.</summary>
    /// <param name="flags">Those that were given, with values of their types.</param>
    public static KubeProxyConfiguration FromFlags(IReadOnlyDictionary<Setting, object> flags)
    {
        var configuration = flags.Aggregate(KubeProxyConfiguration.Default, (before, flag) => before.With(flag.Key, flag.Value));

        // Flags of iptables' name that are for other modes, too.
        foreach (var (flag, field) in new (Setting, Setting)[]
        {
            (Settings.MasqueradeAll, Settings.NftMasqueradeAll),
            (Settings.IptablesSyncPeriod, Settings.NftSyncPeriod),
            (Settings.IptablesMinSyncPeriod, Settings.NftMinSyncPeriod),
        })
        {
            if (flags.TryGetValue(flag, out var value))
            {
                configuration = configuration.With(field, value);
            }
        }

        return WithPorts(configuration, configuration.Get(Settings.HealthzPort), configuration.Get(Settings.MetricsPort));
    }

    /// <summary>What the file says, and those of the flags that count beside it.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="name">What to call the file.</param>
    /// <exception cref="ConfigurationException">It is no <c>KubeProxyConfiguration</c>, or one that cannot be used.</exception>
    public static LoadedFile FromFile(string text, string name, IReadOnlyDictionary<Setting, object> flags)
    {
        var reader = new FileReader(name);
        var configuration = reader.Read(text);
        foreach (var (flag, value) in flags.Where(flag => Counts(flag.Key, flag.Value)))
        {
            configuration = configuration.With(flag, ReferenceEquals(flag, Settings.VModule) && configuration.IsGiven(flag)
                ? (ValueArray<string>)[.. (ValueArray<string>)value, .. configuration.Get(Settings.VModule)]
                : value);
        }

        // Those of the flags do not count.
        configuration = WithPorts(configuration, KubeProxyConfiguration.Default.Get(Settings.HealthzPort), KubeProxyConfiguration.Default.Get(Settings.MetricsPort));
        var faults = reader.AllWrong(ConfigurationRules.Check(configuration));
        return faults.Count == 0
            ? new(configuration, reader.Lenience, [.. flags.Keys.Where(flag => !flag.IsBesideFile)])
            : throw new ConfigurationException(faults);
    }

    private static bool Counts(Setting flag, object value) => flag.IsBesideFile && !(ReferenceEquals(flag, Settings.HostnameOverride) && value is "");

    private static KubeProxyConfiguration WithPorts(KubeProxyConfiguration configuration, int healthz, int metrics) =>
        WithPort(WithPort(configuration, Settings.HealthzBindAddress, healthz), Settings.MetricsBindAddress, metrics);

    // What cannot be understood is refused with all else.
    private static KubeProxyConfiguration WithPort(KubeProxyConfiguration configuration, Setting<string> address, int port)
    {
        if (port == 0)
        {
            return configuration.With(address, "");
        }

        return configuration.IsGiven(address) && BindAddresses.TryParse(configuration.Get(address), port, out var whole)
            ? configuration.With(address, $"{whole}")
            : configuration;
    }
}
