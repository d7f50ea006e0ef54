using KubeProxyNext.Migration.KubeProxy;

namespace KubeProxyNext.Unit.Migration;

public sealed class IptablesRemovalTests
{
    [Test]
    public void ChainsAndWhatLeadsToThem_Go_InOneTransaction()
    {
        var removal = Of("nat", """
            :PREROUTING ACCEPT [0:0]
            :KUBE-SERVICES - [0:0]
            :KUBE-SVC-ABCDEFGHIJKLMNOP - [0:0]
            -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            -A KUBE-SERVICES -d 10.96.0.10/32 -j KUBE-SVC-ABCDEFGHIJKLMNOP
            """);

        Assert.That(removal.Transaction, Is.EqualTo("""
            *nat
            :KUBE-SERVICES - [0:0]
            :KUBE-SVC-ABCDEFGHIJKLMNOP - [0:0]
            -D PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            -X KUBE-SERVICES
            -X KUBE-SVC-ABCDEFGHIJKLMNOP
            COMMIT

            """));
    }

    [TestCase("nat", "KUBE-KUBELET-CANARY")]
    [TestCase("nat", "KUBE-MARK-DROP")]
    [TestCase("nat", "KUBE-HOSTPORTS")]
    [TestCase("nat", "CNI-HOSTPORT-DNAT")]
    [TestCase("nat", "cali-nat-outgoing")]
    [TestCase("nat", "KUBE-SVCX")]
    [TestCase("filter", "KUBE-FIREWALL")]
    [TestCase("filter", "KUBE-ROUTER-INPUT")]
    [TestCase("filter", "KUBE-SVC-ABCDEFGHIJKLMNOP")]
    [TestCase("mangle", "KUBE-IPTABLES-HINT")]
    [TestCase("raw", "KUBE-SERVICES")]
    public void ChainOfOthers_Stays(string table, string chain)
    {
        var removal = Of(table, $":{chain} - [0:0]\n-A PREROUTING -j {chain}");

        Assert.That(removal.IsEmpty, Is.True);
    }

    [Test]
    public void RuleThatOnlySpeaksOfAChain_Stays()
    {
        var removal = Of("filter", """
            :KUBE-SERVICES - [0:0]
            -A INPUT -m comment --comment "not -j KUBE-SERVICES" -j ACCEPT
            -A INPUT -m comment --comment "\"x\" -j KUBE-SERVICES" -j DROP
            """);

        Assert.That(removal.Jumps, Is.Empty);
    }

    [Test]
    public void ChainThatOthersUse_StaysWithAllThatItLeadsTo()
    {
        var removal = Of("nat", """
            :KUBE-SERVICES - [0:0]
            :KUBE-SVC-ABCDEFGHIJKLMNOP - [0:0]
            :KUBE-SEP-AAAAAAAAAAAAAAAA - [0:0]
            :MINE - [0:0]
            -A KUBE-SERVICES -j KUBE-SVC-ABCDEFGHIJKLMNOP
            -A KUBE-SVC-ABCDEFGHIJKLMNOP -j KUBE-SEP-AAAAAAAAAAAAAAAA
            -A MINE -g KUBE-SVC-ABCDEFGHIJKLMNOP
            """);

        Assert.That(removal.Chains, Is.EqualTo(["KUBE-SERVICES"]));
        Assert.That(removal.Kept, Is.EquivalentTo(["KUBE-SVC-ABCDEFGHIJKLMNOP", "KUBE-SEP-AAAAAAAAAAAAAAAA"]));
    }

    [Test]
    public void WhoMarksPackets_HasThemMasqueradedAfterwards()
    {
        var removal = Of("nat", """
            :KUBE-SERVICES - [0:0]
            :KUBE-MARK-MASQ - [0:0]
            :KUBE-POSTROUTING - [0:0]
            :KUBE-HP-ABCDEFGHIJKLMNOP - [0:0]
            -A PREROUTING -j KUBE-SERVICES
            -A POSTROUTING -j KUBE-POSTROUTING
            -A KUBE-HP-ABCDEFGHIJKLMNOP -s 10.244.1.11/32 -j KUBE-MARK-MASQ
            -A PREROUTING -i eth7 -j KUBE-MARK-MASQ
            """);

        Assert.That(removal.Kept, Is.EquivalentTo(["KUBE-MARK-MASQ", "KUBE-POSTROUTING"]));
        Assert.That(removal.Jumps.Select(rule => rule.Target), Is.EqualTo(["KUBE-SERVICES"]));
    }

    private static IptablesRemoval Of(string table, string lines) => IptablesRemoval.Of(IptablesTable.Parse($"*{table}\n{lines}\nCOMMIT\n").Single());
}
