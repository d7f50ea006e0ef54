using KubeProxyNext.Migration;
using KubeProxyNext.Migration.KubeProxy;
using KubeProxyNext.Netlink;
using KubeProxyNext.Unit.Netlink;

namespace KubeProxyNext.Unit.Migration;

[RequiresBpf]
public sealed class KubeProxyCleanupTests
{
    [Test]
    public void RulesOfAllModes_Go_AndNothingElseDoes()
    {
        using var network = new TemporaryNetwork();
        foreach (var family in (string[])["iptables", "ip6tables"])
        {
            Restore(network, $"{family}-legacy", KubeProxyRules.Foreign);
            Restore(network, $"{family}-nft", KubeProxyRules.Foreign);
        }

        Feed(network, "nft", ["-f", "-"], KubeProxyRules.ForeignNftables);
        var before = Rules(network);
        Restore(network, "iptables-legacy", KubeProxyRules.Iptables);
        Restore(network, "iptables-nft", KubeProxyRules.Iptables + KubeProxyRules.IpvsIptables);
        Restore(network, "ip6tables-legacy", KubeProxyRules.IpvsIptables);
        Restore(network, "ip6tables-nft", KubeProxyRules.IpvsIptables);
        Feed(network, "nft", ["-f", "-"], KubeProxyRules.Nftables);

        var removal = network.Run(KubeProxyCleanup.Run);

        Assert.That(removal.Failed, Is.Empty);
        Assert.That(Rules(network), Is.EqualTo(before));
        Assert.That(removal.Removed, Has.Member("nftables: table ip kube-proxy").And.Member("nftables: table ip6 kube-proxy"));
        Assert.That(removal.Removed, Has.Some.StartsWith("iptables-legacy, table nat: 11 chains"));
    }

    [Test]
    public void Nothing_IsRemoved_WhereThereIsNothing()
    {
        using var network = new TemporaryNetwork();

        var removal = network.Run(KubeProxyCleanup.Run);

        Assert.That(
            (removal.Removed, removal.Kept, removal.Left, removal.Failed), Is.EqualTo(((string[])[], (string[])[], (string[])[], (string[])[])).AsCollection);
    }

    [Test]
    public void WithoutTools_WhatStaysIsNamed()
    {
        using var network = new TemporaryNetwork();
        Restore(network, "iptables-legacy", KubeProxyRules.Iptables);
        Feed(network, "nft", ["-f", "-"], KubeProxyRules.Nftables);

        var removal = network.Run(() => KubeProxyCleanup.Run(new Tools("/nowhere")));

        Assert.That((removal.Removed, removal.Failed), Is.EqualTo(((string[])[], (string[])[])).AsCollection);
        Assert.That(removal.Left, Is.EqualTo(network.Run(LeftoverScan.Find)).And.Count.EqualTo(5));
    }

    [Test]
    public void ChainsThatOthersUse_AreKept_AndNotLeft()
    {
        using var network = new TemporaryNetwork();
        Restore(network, "iptables-nft", KubeProxyRules.Iptables);
        Restore(network, "iptables-nft", "*nat\n:OTHERS - [0:0]\n-A OTHERS -j KUBE-MARK-MASQ\nCOMMIT\n");

        var removal = network.Run(KubeProxyCleanup.Run);

        Assert.That(removal.Kept, Is.EqualTo((string[])["iptables-nft, table nat: KUBE-MARK-MASQ, KUBE-POSTROUTING, which rules of others lead to"]));
        Assert.That((removal.Left, removal.Failed), Is.EqualTo(((string[])[], (string[])[])).AsCollection);
    }

    [Test]
    public void WhatATableRefuses_IsNamed_AndTheOthersAreCleaned()
    {
        using var network = new TemporaryNetwork();
        using var folder = new BrokenTool("iptables-nft-restore", "echo sorry >&2; exit 3");
        Restore(network, "iptables-nft", KubeProxyRules.Iptables);
        Feed(network, "nft", ["-f", "-"], KubeProxyRules.Nftables);

        var removal = network.Run(() => KubeProxyCleanup.Run(new Tools(folder.Path, "/usr/sbin")));

        Assert.That(removal.Failed, Is.EquivalentTo(
            (string[])["iptables-nft, table mangle: sorry", "iptables-nft, table filter: sorry", "iptables-nft, table nat: sorry"]));
        Assert.That(removal.Removed, Has.Member("nftables: table ip kube-proxy"));
        Assert.That(removal.Left, Has.Some.StartsWith("iptables-nft: "));
    }

    [Test]
    public void DeviceOfIpvs_Goes()
    {
        using var network = new TemporaryNetwork();
        network.Do("link add kube-ipvs0 type bridge", "address add 10.96.0.10/32 dev kube-ipvs0", "link add other0 type bridge");

        var removal = network.Run(KubeProxyCleanup.Run);

        Assert.That(removal.Removed, Is.EqualTo((string[])["device kube-ipvs0"]));
        Assert.That(network.Run(Links.List).Select(link => link.Name), Is.EquivalentTo((string[])["lo", "other0"]));
    }

    private static void Restore(TemporaryNetwork network, string tool, string rules) =>
        Feed(network, $"{tool}-restore", ["--noflush"], rules);

    private static void Feed(TemporaryNetwork network, string tool, string[] arguments, string input) =>
        network.Run(() => Tools.OfMachine.Succeed(tool, arguments, input));

    // Comments have the time in them, and what the kernel counted is not ours.
    private static string Rules(TemporaryNetwork network) => string.Join('\n',
        from tool in (string[])["iptables-legacy-save", "iptables-nft-save", "ip6tables-legacy-save", "ip6tables-nft-save", "nft"]
        from line in network.Run(() => Tools.OfMachine.Succeed(tool, tool == "nft" ? ["-s", "list", "ruleset"] : [])).Split('\n')
        where !line.StartsWith('#')
        select line.Split('[')[0]);
}
