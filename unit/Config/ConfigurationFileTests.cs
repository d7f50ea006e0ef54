using KubeProxyNext.Config;

namespace KubeProxyNext.Unit.Config;

/// <summary>Files are understood as kube-proxy understands them.</summary>
public sealed class ConfigurationFileTests
{
    private const string Head = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";

    private static readonly Dictionary<Setting, object> NoFlags = [];

    [Test]
    public void Kubeadm_SaysNothingButNetworkAndKubeConfig()
    {
        var loaded = ConfigurationLoader.FromFile(Recorded("kubeadm"), "config.conf", NoFlags);

        Assert.That(loaded.Lenience, Is.Empty);
        Assert.That(ConfigurationWarnings.WithoutMeaning(loaded.Configuration), Is.Empty);
        var theirs = ConfigurationText.ToYaml(loaded.Configuration);
        var ours = ConfigurationText.ToYaml(KubeProxyConfiguration.Default)
            .Replace("clusterCIDR: \"\"", "clusterCIDR: 10.244.0.0/16", StringComparison.Ordinal)
            .Replace("kubeconfig: \"\"", "kubeconfig: /var/lib/kube-proxy/kubeconfig.conf", StringComparison.Ordinal);
        Assert.That(theirs, Is.EqualTo(ours), "what is zero or null is the default");
    }

    [Test]
    public void Kind_IsTakenWithoutAWord()
    {
        var loaded = ConfigurationLoader.FromFile(Recorded("kind"), "config.conf", NoFlags);

        Assert.That(loaded.Lenience, Is.Empty);
        Assert.That(ConfigurationWarnings.WithoutMeaning(loaded.Configuration), Is.Empty);
        Assert.That(loaded.Configuration.Get(Settings.ConntrackMaxPerCore), Is.Zero, "null and 0 differ here");
        Assert.That(loaded.Configuration.Get(Settings.ClusterCidr), Is.EqualTo("10.244.0.0/16,fd00:10:244::/56"));
    }

    [TestCase("""{"apiVersion":"kubeproxy.config.k8s.io/v1alpha1","kind":"KubeProxyConfiguration","conntrack":{"min":5},"nodePortAddresses":["10.0.0.0/8"]}""")]
    [TestCase(Head + "conntrack: &c {min: 5}\nnodePortAddresses: [10.0.0.0/8]\n---\nkind: other\n")]
    [TestCase(Head + "conntrack:\n  min: 0005 \nnodePortAddresses:\n- 10.0.0.0/8\n")]
    public void File_IsYamlOrJson(string text)
    {
        var configuration = Read(text).Configuration;

        Assert.That(configuration.Get(Settings.ConntrackMin), Is.EqualTo(5));
        Assert.That(configuration.Get(Settings.NodePortAddresses), Is.EqualTo((string[])["10.0.0.0/8"]));
    }

    [TestCase("iptables:\n  syncPeriod: 1m30s\n  tuning: 5\nmetrics: true\nbindAddress: 10.0.0.1\nbindAddress: 10.0.0.2\n")]
    public void UnknownAndRepeatedFields_AreSaidAndDoNoHarm(string text)
    {
        var loaded = Read(Head + text);

        Assert.That(loaded.Lenience, Is.EqualTo((string[])
        [
            "config.conf:5: iptables.tuning is not known",
            "config.conf:6: metrics is not known",
            "config.conf:8: bindAddress is there twice; the last one counts",
        ]));
        Assert.That(loaded.Configuration.Get(Settings.BindAddress), Is.EqualTo("10.0.0.2"));
        Assert.That(loaded.Configuration.Get(Settings.IptablesSyncPeriod), Is.EqualTo(TimeSpan.FromSeconds(90)));
    }

    [Test]
    public void ValuesOfOtherTypes_AreSaidTogether()
    {
        Assert.That(
            () => Read(Head + "conntrack:\n  min: many\n  udpTimeout: 5\nenableProfiling: perhaps\niptables: on\nnodePortAddresses: primary\n"),
            Throws.TypeOf<ConfigurationException>().With.Property("Faults").EqualTo((string[])
            [
                "config.conf:4: conntrack.min must be a number from 0, not 'many'",
                "config.conf:5: conntrack.udpTimeout must be a duration like 90s or 1h30m, not '5'",
                "config.conf:6: enableProfiling must be true or false, not 'perhaps'",
                "config.conf:7: iptables must be a mapping, not 'on'",
                "config.conf:8: nodePortAddresses must be a list, not 'primary'",
            ]));
    }

    [Test]
    public void ValuesThatCannotBe_AreSaidTogether()
    {
        const string Text = """
            bindAddress: here
            clusterCIDR: 10.0.0.0/8,10.1.0.0/16
            conntrack: {min: -1, udpTimeout: -5s}
            detectLocalMode: ClusterCIDR
            healthzBindAddress: 0.0.0.0:99999
            iptables: {syncPeriod: 5s, minSyncPeriod: 10s, masqueradeBit: 32}
            ipvs: {excludeCIDRs: [all], syncPeriod: -1s}
            logging: {format: xml}
            mode: ebpf
            nodePortAddresses: [primary, 10.0.0.0/8]
            oomScoreAdj: 2000
            """;

        Assert.That(() => Read(Head + Text), Throws.TypeOf<ConfigurationException>().With.Property("Faults").EqualTo((string[])
        [
            "config.conf:3: bindAddress must be an IP address, not 'here'",
            "config.conf:4: clusterCIDR must have at most one network of each family, not '10.0.0.0/8,10.1.0.0/16'",
            "config.conf:5: conntrack.min must be a number from 0, not '-1'",
            "config.conf:5: conntrack.udpTimeout must be a duration that is not negative, not '-5s'",
            "config.conf:7: healthzBindAddress must be an IP address, with or without a port from 1 to 65535, not '0.0.0.0:99999'",
            "config.conf:8: iptables.masqueradeBit must be a number from 0 to 31, not '32'",
            "config.conf:8: iptables.minSyncPeriod must be at most iptables.syncPeriod, which is 5s, not '10s'",
            "config.conf:10: logging.format must be text or json, not 'xml'",
            "config.conf:11: mode must be iptables, ipvs or nftables, not 'ebpf'",
            "config.conf:12: nodePortAddresses must be CIDRs, or 'primary' alone, not 'primary,10.0.0.0/8'",
            "config.conf:13: oomScoreAdj must be a number from -1000 to 1000, not '2000'",
        ]));
    }

    [Test]
    public void WhateverIsWrong_IsSaidTogether_AndOnce()
    {
        const string Text = """
            iptables: {syncPeriod: often, minSyncPeriod: 40s}
            bindAddress: here
            conntrack: {min: many}
            detectLocalMode: BridgeInterface
            """;

        Assert.That(() => Read(Head + Text), Throws.TypeOf<ConfigurationException>().With.Property("Faults").EqualTo((string[])
        [
            "config.conf:3: iptables.syncPeriod must be a duration like 90s or 1h30m, not 'often'",
            "config.conf:4: bindAddress must be an IP address, not 'here'",
            "config.conf:5: conntrack.min must be a number from 0, not 'many'",
            "config.conf:6: detectLocal.bridgeInterface must not be empty with detectLocalMode BridgeInterface",
        ]));
    }

    [TestCase("kind: KubeProxyConfiguration\n", "apiVersion must be kubeproxy.config.k8s.io/v1alpha1, and is missing")]
    [TestCase("apiVersion: kubeproxy.config.k8s.io/v1alpha2\nkind: KubeProxyConfiguration\n", "not 'kubeproxy.config.k8s.io/v1alpha2'")]
    [TestCase("apiVersion: v1\nkind: ConfigMap\n", "kind must be KubeProxyConfiguration, not 'ConfigMap'")]
    [TestCase("", "there is no mapping in it")]
    [TestCase("- a\n", "there is no mapping in it")]
    [TestCase("a: [\n", "no YAML")]
    [TestCase("a: *b\n", "nothing is called 'b'")]
    public void WhatIsNoConfiguration_IsRefused(string text, string fault) =>
        Assert.That(() => Read(text), Throws.TypeOf<ConfigurationException>().With.Message.Contains(fault).And.Message.StartsWith("config.conf"));

    [Test]
    public void Nesting_HasAnEnd() =>
        Assert.That(() => Read(new string('[', 100_000)), Throws.TypeOf<ConfigurationException>().With.Message.Contains("nested deeper"));

    [TestCase("bindAddress: 10.0.0.1", "0.0.0.0:10256", "127.0.0.1:10249")]
    [TestCase("bindAddress: '::'", "[::]:10256", "[::1]:10249")]
    [TestCase("{healthzBindAddress: 10.0.0.1, metricsBindAddress: '::'}", "10.0.0.1:10256", "[::]:10249")]
    [TestCase("{healthzBindAddress: '10.0.0.1:80', metricsBindAddress: '[::1]:81'}", "10.0.0.1:80", "[::1]:81")]
    [TestCase("{healthzBindAddress: '', metricsBindAddress: ''}", "0.0.0.0:10256", "127.0.0.1:10249")]
    public void ServersAddresses_AreFilledIn(string text, string healthz, string metrics)
    {
        var body = text.Trim('{', '}').Replace(", metrics", "\nmetrics", StringComparison.Ordinal);

        var configuration = Read($"{Head}{body}\n").Configuration;

        Assert.That(configuration.Get(Settings.HealthzBindAddress), Is.EqualTo(healthz));
        Assert.That(configuration.Get(Settings.MetricsBindAddress), Is.EqualTo(metrics));
    }

    [Test]
    public void ModeNftables_AnswersNodePortsAtTheNodesOwnAddresses()
    {
        var configuration = Read(Head + "mode: nftables\nnftables: {syncPeriod: 10s}\niptables: {syncPeriod: 20s}\n").Configuration;

        Assert.That(configuration.Get(Settings.NodePortAddresses), Is.EqualTo((string[])["primary"]));
        Assert.That(configuration.Get(Settings.LocalhostNodePorts), Is.False);
        Assert.That(configuration.Get(ConfigurationRules.SyncPeriodOf(configuration)), Is.EqualTo(TimeSpan.FromSeconds(10)));
    }

    [Test]
    public void WhatMeansNothing_IsNamedIfItIsNoDefault()
    {
        var configuration = Read(
            Head + "ipvs: {scheduler: rr, strictARP: true, syncPeriod: 30s}\niptables: {masqueradeBit: 14}\nfeatureGates: {Other: true, AllowServiceExternalIPs: false}\n"
            + "logging: {vmodule: [{filePattern: server, verbosity: 4}]}\nwinkernel: {networkName: x}\n").Configuration;

        Assert.That(
            ConfigurationWarnings.WithoutMeaning(configuration),
            Is.EqualTo((string[])["featureGates Other", "ipvs.scheduler", "ipvs.strictARP", "logging.vmodule"]));
    }

    internal static string Recorded(string name)
    {
        using var stream = typeof(ConfigurationFileTests).Assembly.GetManifestResourceStream($"Config/{name}.yaml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static LoadedFile Read(string text) => ConfigurationLoader.FromFile(text, "config.conf", NoFlags);
}
