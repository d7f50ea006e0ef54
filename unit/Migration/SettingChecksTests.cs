using KubeProxyNext.Migration.Checks;

namespace KubeProxyNext.Unit.Migration;

public sealed class SettingChecksTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("kpn-settings-");

    [TearDown]
    public void TearDown() => _folder.Delete(recursive: true);

    [TestCase(0, 2, CheckResult.Passed, "strict nowhere")]
    [TestCase(0, 1, CheckResult.Warning, "strict at eth1")]
    [TestCase(1, 0, CheckResult.Warning, "strict at eth0, eth1")]
    [TestCase(2, 1, CheckResult.Passed, "strict nowhere")]
    [TestCase(1, 2, CheckResult.Warning, "strict at eth0")]
    public void ReversePath_LargerOfADeviceAndAllCounts(int all, int eth1, CheckResult result, string found)
    {
        Set("ipv4/conf/all/rp_filter", all);
        Set("ipv4/conf/default/rp_filter", 1);
        Set("ipv4/conf/lo/rp_filter", 1);
        Set("ipv4/conf/eth0/rp_filter", 0);
        Set("ipv4/conf/eth1/rp_filter", eth1);

        Assert.That((Line("rp_filter").Result, Line("rp_filter").Found), Is.EqualTo((result, found)));
    }

    [Test]
    public void ReversePath_ManyDevices_AreCounted()
    {
        for (var i = 0; i < 5; i++)
        {
            Set($"ipv4/conf/eth{i}/rp_filter", 1);
        }

        Assert.That(Line("rp_filter").Found, Is.EqualTo("strict at eth0, eth1, eth2 and 2 more"));
        Assert.That(Line("rp_filter").Advice, Does.EndWith("sysctl -w net.ipv4.conf.eth0.rp_filter=2"));
    }

    [TestCase(null, "not there, nor needed")]
    [TestCase(0, "off: not needed here")]
    [TestCase(1, "on: not needed here")]
    public void Bridges_NeedNothing(int? value, string found)
    {
        if (value is { } given)
        {
            Set("bridge/bridge-nf-call-iptables", given);
        }

        Assert.That(Line("bridge-nf-call-iptables").Result, Is.EqualTo(CheckResult.Passed));
        Assert.That(Line("bridge-nf-call-iptables").Found, Does.StartWith(found));
    }

    [TestCase(899, CheckResult.Passed)]
    [TestCase(900, CheckResult.Warning)]
    public void Conntrack_NearlyFull_IsAWarning(int count, CheckResult result)
    {
        Set("netfilter/nf_conntrack_max", 1000);
        Set("netfilter/nf_conntrack_count", count);

        Assert.That((Line("nf_conntrack").Result, Line("nf_conntrack").Found), Is.EqualTo((result, $"{count} of 1000 connections")));
    }

    [Test]
    public void Conntrack_NotThere_IsSaid() => Assert.That(Line("nf_conntrack").Found, Does.StartWith("not there"));

    [TestCase("ipv4/ip_forward", "forwarding of IPv4")]
    [TestCase("ipv6/conf/all/forwarding", "forwarding of IPv6")]
    public void Forwarding_Off_IsAWarning(string key, string subject)
    {
        Set(key, 0);

        Assert.That((Line(subject).Result, Line(subject).Found), Is.EqualTo((CheckResult.Warning, "off")));
    }

    private void Set(string key, int value)
    {
        var path = Path.Combine(_folder.FullName, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"{value}\n");
    }

    private CheckLine Line(string subject) => new SettingChecks(_folder.FullName).Run().Single(line => line.Subject == subject);
}
