using KubeProxyNext.Config;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Config;

/// <summary>Flags are understood as kube-proxy understands them, and count beside a file where they do there.</summary>
public sealed class FlagTests
{
    private const string File = """
        apiVersion: kubeproxy.config.k8s.io/v1alpha1
        kind: KubeProxyConfiguration
        hostnameOverride: from-file
        clusterCIDR: 10.1.0.0/16
        logging: {verbosity: 2, vmodule: [{filePattern: a, verbosity: 1}]}
        """;

    [TestCase("conntrack-udp-timeout", "1m30s", "1m30s")]
    [TestCase("conntrack-udp-timeout", "0", "0s")]
    [TestCase("audit-interval", "0", "0s")]
    [TestCase("audit-interval", "1s", "1s")]
    [TestCase("audit-interval", "1000h", "1000h0m0s")]
    [TestCase("masquerade-all", "T", "true")]
    [TestCase("masquerade-all", "0", "false")]
    [TestCase("kube-api-qps", "2.5", "2.5")]
    [TestCase("oom-score-adj", "-999", "-999")]
    [TestCase("nodeport-addresses", "10.0.0.0/8, fd00::/8;192.0.2.0/24", "10.0.0.0/8,fd00::/8,192.0.2.0/24")]
    [TestCase("external-ip-cidrs", "203.0.113.0/24,2001:db8::/32;198.51.100.0/24", "203.0.113.0/24,2001:db8::/32,198.51.100.0/24")]
    [TestCase("deny-external-ips", "true", "true")]
    [TestCase("feature-gates", "A=true,B=false;A=false", "A=false,B=false")]
    [TestCase("vmodule", "a=1,b=2", "a=1,b=2")]
    [TestCase("proxy-mode", "ipvs;nftables", "nftables")]
    public void Value_IsTaken(string flag, string texts, string value)
    {
        Assert.That(Named(flag).TryParse(texts.Split(';'), out var parsed, out var error), Is.True, error);

        Assert.That(ConfigurationText.ToYaml(ConfigurationLoader.FromFlags(new Dictionary<Setting, object> { [Named(flag)] = parsed! })), Is.Not.Empty);
        Assert.That(Printed(parsed!), Is.EqualTo(value));
    }

    [TestCase("masquerade-all", "maybe", "--masquerade-all must be true or false, not 'maybe'")]
    [TestCase("masquerade-all", "yes", "not 'yes'")]
    [TestCase("v", "4x", "--v must be a number, not '4x'")]
    [TestCase("conntrack-udp-timeout", "5", "--conntrack-udp-timeout must be a duration like 90s or 1h30m, not '5'")]
    [TestCase("conntrack-udp-timeout", "-5s", "--conntrack-udp-timeout must be a duration that is not negative, not '-5s'")]
    [TestCase("audit-interval", "500us", "--audit-interval must be 0, or a duration from 1s to 1000h, not '500")]
    [TestCase("audit-interval", "-1s", "not '-1s'")]
    [TestCase("audit-interval", "1000h1s", "not '1000h0m1s'")]
    [TestCase("audit-interval", "1000000h", "not '1000000h0m0s'")]
    [TestCase("max-slots", "0", "--max-slots must be a number from 1 to 16777216, not '0'")]
    [TestCase("max-flows", "99999999999", "--max-flows must be a number from 0 to 16777216, not '99999999999'")]
    [TestCase("maglev-table-size", "16380", "a prime from 251 to 131071")]
    [TestCase("hostname-override", "  ", "not blank")]
    [TestCase("nodeport-addresses", "10.0.0.1", "CIDRs")]
    [TestCase("feature-gates", "A", "names with true or false")]
    [TestCase("vmodule", "a=b", "patterns with numbers")]
    [TestCase("metrics-bind-address", "localhost", "an IP address")]
    [TestCase("metrics-bind-address", "10.1", "an IP address")]
    [TestCase("external-ip-cidrs", "203.0.113.0/24,198.51.100.1", "--external-ip-cidrs must be CIDRs like 203.0.113.0/24, with commas, not '203.0.113.0/24,198.51.100.1'")]
    [TestCase("external-ip-cidrs", "203.0.113.0/33", "not '203.0.113.0/33'")]
    [TestCase("deny-external-ips", "always", "--deny-external-ips must be true or false, not 'always'")]
    [TestCase("tc-attach", "xdp", "auto, tcx or clsact")]
    public void Value_IsRefused(string flag, string text, string fault)
    {
        Assert.That(Named(flag).TryParse([text], out _, out var error), Is.False);
        Assert.That(error, Does.Contain(fault));
    }

    [Test]
    public void Flags_OfIptablesName_AreForOtherModesToo()
    {
        var configuration = FromFlags(("masquerade-all", "true"), ("iptables-sync-period", "10s"), ("proxy-mode", "nftables"));

        Assert.That(configuration.Get(Settings.NftMasqueradeAll), Is.True);
        Assert.That(configuration.Get(ConfigurationRules.SyncPeriodOf(configuration)), Is.EqualTo(TimeSpan.FromSeconds(10)));
    }

    [TestCase("healthz-bind-address=127.0.0.1", "127.0.0.1:10256", "127.0.0.1:10249")]
    [TestCase("healthz-bind-address=127.0.0.1 healthz-port=80", "127.0.0.1:80", "127.0.0.1:10249")]
    [TestCase("healthz-bind-address=127.0.0.1:81 healthz-port=80", "127.0.0.1:81", "127.0.0.1:10249")]
    [TestCase("healthz-port=80", "0.0.0.0:10256", "127.0.0.1:10249")]
    [TestCase("healthz-port=0 metrics-port=0", "", "")]
    [TestCase("metrics-bind-address=", "0.0.0.0:10256", "")]
    [TestCase("bind-address=::", "0.0.0.0:10256", "127.0.0.1:10249")]
    public void ServersAddresses_AreFilledIn(string flags, string healthz, string metrics)
    {
        var configuration = FromFlags([.. flags.Split(' ').Select(flag => (flag.Split('=')[0], flag.Split('=')[1]))]);

        Assert.That(configuration.Get(Settings.HealthzBindAddress), Is.EqualTo(healthz));
        Assert.That(configuration.Get(Settings.MetricsBindAddress), Is.EqualTo(metrics));
    }

    [TestCase("detect-local-mode=BridgeInterface", "--pod-bridge-interface must not be empty with --detect-local-mode BridgeInterface")]
    [TestCase("detect-local-mode=InterfaceNamePrefix", "--pod-interface-name-prefix must not be empty with --detect-local-mode InterfaceNamePrefix")]
    [TestCase("cluster-cidr=10.244.0.0", "--cluster-cidr must be a CIDR like 10.244.0.0/16, or one of each family with a comma, not '10.244.0.0'")]
    [TestCase("detect-local-mode=NodeCIDR cluster-cidr=nonsense", null)]
    [TestCase("proxy-mode=ipvs ipvs-min-sync-period=40s", "--ipvs-min-sync-period must be at most --ipvs-sync-period, which is 30s, not '40s'")]
    [TestCase("ipvs-min-sync-period=40s", null)]
    public void WhatFlagsAreTogether_IsChecked(string flags, string? fault)
    {
        var configuration = FromFlags([.. flags.Split(' ').Select(flag => (flag.Split('=')[0], flag.Split('=')[1]))]);

        Assert.That(ConfigurationRules.CheckTogether(configuration), Is.EqualTo(fault is null ? [] : (string[])[fault]));
    }

    [Test]
    public void BesideAFile_FewFlagsCount()
    {
        var flags = Parsed(
            ("hostname-override", "from-flag"), ("v", "4"), ("vmodule", "b=3"), ("cluster-cidr", "10.2.0.0/16"), ("healthz-port", "0"),
            ("metrics-bind-address", "10.0.0.1"), ("devices", "none"), ("master", "https://10.0.0.1"));

        var loaded = ConfigurationLoader.FromFile(File, "config.conf", flags);

        var configuration = loaded.Configuration;
        Assert.That(configuration.Get(Settings.HostnameOverride), Is.EqualTo("from-flag"));
        Assert.That(configuration.Get(Settings.Verbosity), Is.EqualTo(4));
        Assert.That(configuration.Get(Settings.VModule), Is.EqualTo((string[])["b=3", "a=1"]));
        Assert.That(configuration.Get(Settings.ClusterCidr), Is.EqualTo("10.1.0.0/16"));
        Assert.That(configuration.Get(Settings.HealthzBindAddress), Is.EqualTo("0.0.0.0:10256"));
        Assert.That(configuration.Get(Settings.Devices), Is.EqualTo("none"));
        Assert.That(configuration.Get(Settings.Master), Is.EqualTo("https://10.0.0.1"));
        Assert.That(loaded.Overruled.Select(setting => setting.Flag), Is.EquivalentTo((string[])["cluster-cidr", "healthz-port", "metrics-bind-address"]));
    }

    [Test]
    public void EmptyHostname_DoesNotStandInForTheFiles() => Assert.That(
        ConfigurationLoader.FromFile(File, "config.conf", Parsed(("hostname-override", ""))).Configuration.Get(Settings.HostnameOverride),
        Is.EqualTo("from-file"));

    [Test]
    public void WhatMeansNothing_IsNamedAsTheFlagThatItIs() => Assert.That(
        ConfigurationWarnings.WithoutMeaning(FromFlags(("ipvs-scheduler", "rr"), ("iptables-sync-period", "5s"), ("iptables-min-sync-period", "2s"), ("boot-id-file", "x"))),
        Is.EqualTo((string[])["--iptables-min-sync-period", "--ipvs-scheduler"]));

    [Test]
    public void SuspiciousAddresses_AreSaid()
    {
        ValueArray<IpFamily> both = [IpFamily.IPv4, IpFamily.IPv6];

        Assert.That(ConfigurationWarnings.Suspicious(FromFlags(), both).Single(), Does.Contain("--nodeport-addresses is not set"));
        Assert.That(ConfigurationWarnings.Suspicious(FromFlags(("nodeport-addresses", "10.0.0.0/8")), both).Single(), Does.Contain("no network of IPv6"));
        Assert.That(ConfigurationWarnings.Suspicious(FromFlags(("nodeport-addresses", "10.0.0.0/8")), [IpFamily.IPv4]), Is.Empty);
        Assert.That(ConfigurationWarnings.Suspicious(FromFlags(("nodeport-addresses", "primary")), both), Is.Empty);
        Assert.That(
            ConfigurationWarnings.Suspicious(FromFlags(("nodeport-addresses", "primary"), ("healthz-bind-address", "::1")), [IpFamily.IPv4]).Single(),
            Is.EqualTo("--healthz-bind-address is no address of IPv4, the one family of this node"));
    }

    private static KubeProxyConfiguration FromFlags(params (string Flag, string Text)[] flags) => ConfigurationLoader.FromFlags(Parsed(flags));

    private static Dictionary<Setting, object> Parsed(params (string Flag, string Text)[] flags) => flags.ToDictionary(
        flag => Named(flag.Flag),
        flag => Named(flag.Flag).TryParse([flag.Text], out var value, out var error) ? value : throw new AssertionException(error));

    private static Setting Named(string flag) => Settings.All.Single(setting => setting.Flag == flag);

    private static string Printed(object value) => value switch
    {
        TimeSpan duration => GoDuration.Format(duration),
        bool isOn => isOn ? "true" : "false",
        ValueArray<string> list => string.Join(',', list),
        IEnumerable<KeyValuePair<string, bool>> gates => string.Join(',', gates.Select(gate => $"{gate.Key}={(gate.Value ? "true" : "false")}")),
        _ => FormattableString.Invariant($"{value}"),
    };
}
