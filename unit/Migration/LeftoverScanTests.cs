using KubeProxyNext.Migration;
using KubeProxyNext.Migration.KubeProxy;
using KubeProxyNext.Unit.Netlink;

namespace KubeProxyNext.Unit.Migration;

[RequiresBpf]
public sealed class LeftoverScanTests
{
    [Test]
    public void RulesOfEachMode_AreFound_AndThoseOfOthersAreNot()
    {
        using var network = new TemporaryNetwork();
        string[] tools = ["iptables-legacy", "ip6tables-legacy", "iptables-nft", "ip6tables-nft"];
        Array.ForEach(tools, tool => Feed(network, $"{tool}-restore", ["--noflush"], KubeProxyRules.Foreign));
        Feed(network, "nft", ["-f", "-"], KubeProxyRules.ForeignNftables);
        var before = network.Run(LeftoverScan.Find);

        Feed(network, "iptables-legacy-restore", ["--noflush"], KubeProxyRules.Iptables);
        Feed(network, "ip6tables-legacy-restore", ["--noflush"], KubeProxyRules.IpvsIptables);
        Feed(network, "ip6tables-nft-restore", ["--noflush"], KubeProxyRules.IpvsIptables);
        Feed(network, "nft", ["-f", "-"], KubeProxyRules.Nftables);
        network.Do("link add kube-ipvs0 type bridge");
        var found = network.Run(LeftoverScan.Find);

        Assert.That(before, Is.Empty);
        Assert.That(found, Is.EquivalentTo((string[])
        [
            "nftables: table ip kube-proxy", "nftables: table ip6 kube-proxy",
            "ip6tables-nft: 6 chains of table filter", "ip6tables-nft: 5 chains of table nat",
            "iptables-legacy: 1 chains of table mangle", "iptables-legacy: 6 chains of table filter", "iptables-legacy: 11 chains of table nat",
            "ip6tables-legacy: 6 chains of table filter", "ip6tables-legacy: 5 chains of table nat",
            "device kube-ipvs0 of the IPVS mode",
        ]));
    }

    private static void Feed(TemporaryNetwork network, string tool, string[] arguments, string input) =>
        network.Run(() => Tools.OfMachine.Succeed(tool, arguments, input));
}
