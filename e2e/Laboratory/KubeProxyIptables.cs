namespace KubeProxyNext.Laboratory;

/// <summary>What kube-proxy writes in its iptables mode whatever Services there are, in the form of <c>iptables-restore</c>.</summary>
public static class KubeProxyIptables
{
    /// <summary>The table <c>filter</c>.</summary>
    public const string Filter = """
        *filter
        :KUBE-EXTERNAL-SERVICES - [0:0]
        :KUBE-FORWARD - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-PROXY-CANARY - [0:0]
        :KUBE-PROXY-FIREWALL - [0:0]
        :KUBE-SERVICES - [0:0]
        -A INPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
        -A INPUT -j KUBE-NODEPORTS
        -A INPUT -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES
        -A FORWARD -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
        -A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
        -A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES
        -A FORWARD -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES
        -A OUTPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
        -A OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES
        -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
        -A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
        -A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        COMMIT
        """;

    /// <summary>How the table <c>nat</c> begins: chains of Services follow.</summary>
    public const string NatChains = """
        *nat
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-POSTROUTING - [0:0]
        :KUBE-SERVICES - [0:0]
        """;

    /// <summary>What comes after all chains: rules of Services follow.</summary>
    public const string NatRules = """
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
        -A KUBE-POSTROUTING -j MASQUERADE --random-fully
        -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
        """;

    /// <summary>How it ends.</summary>
    public const string NatEnd = """
        -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
        COMMIT

        """;
}
