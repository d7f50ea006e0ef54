namespace KubeProxyNext.Unit.Migration;

/// <summary>Rules as kube-proxy writes them in its modes, and those of others that stand among them.</summary>
internal static class KubeProxyRules
{
    /// <summary>Of a service port with two endpoints, an external address and a NodePort, in iptables mode; IPv4.</summary>
    internal const string Iptables = """
        *mangle
        :KUBE-PROXY-CANARY - [0:0]
        COMMIT
        *filter
        :KUBE-EXTERNAL-SERVICES - [0:0]
        :KUBE-FORWARD - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-PROXY-CANARY - [0:0]
        :KUBE-PROXY-FIREWALL - [0:0]
        :KUBE-SERVICES - [0:0]
        -A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS
        -A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
        -A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
        -A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
        -A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
        -A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
        -A KUBE-SERVICES -m comment --comment "shop/old has no endpoints" -m tcp -p tcp -d 10.96.0.9 --dport 80 -j REJECT
        -A KUBE-PROXY-FIREWALL -m comment --comment "shop/web:http traffic not accepted by KUBE-FW-ABCDEFGHIJKLMNOP" -m tcp -p tcp -d 203.0.113.10 --dport 80 -j DROP
        COMMIT
        *nat
        :KUBE-EXT-ABCDEFGHIJKLMNOP - [0:0]
        :KUBE-FW-ABCDEFGHIJKLMNOP - [0:0]
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-POSTROUTING - [0:0]
        :KUBE-PROXY-CANARY - [0:0]
        :KUBE-SEP-AAAAAAAAAAAAAAAA - [0:0]
        :KUBE-SEP-BBBBBBBBBBBBBBBB - [0:0]
        :KUBE-SERVICES - [0:0]
        :KUBE-SVC-ABCDEFGHIJKLMNOP - [0:0]
        :KUBE-SVL-ABCDEFGHIJKLMNOP - [0:0]
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
        -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
        -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
        -A KUBE-SERVICES -m comment --comment "shop/web:http cluster IP" -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-ABCDEFGHIJKLMNOP
        -A KUBE-SERVICES -m comment --comment "shop/web:http loadbalancer IP" -m tcp -p tcp -d 203.0.113.10 --dport 80 -j KUBE-FW-ABCDEFGHIJKLMNOP
        -A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
        -A KUBE-NODEPORTS -m comment --comment shop/web:http -m tcp -p tcp --dport 30080 -j KUBE-EXT-ABCDEFGHIJKLMNOP
        -A KUBE-FW-ABCDEFGHIJKLMNOP -m comment --comment "shop/web:http loadbalancer IP" -s 198.51.100.0/24 -j KUBE-EXT-ABCDEFGHIJKLMNOP
        -A KUBE-EXT-ABCDEFGHIJKLMNOP -m comment --comment "masquerade LOCAL traffic for shop/web:http external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
        -A KUBE-EXT-ABCDEFGHIJKLMNOP -j KUBE-SVL-ABCDEFGHIJKLMNOP
        -A KUBE-SVC-ABCDEFGHIJKLMNOP -m comment --comment shop/web:http -m statistic --mode random --probability 0.5 -j KUBE-SEP-AAAAAAAAAAAAAAAA
        -A KUBE-SVC-ABCDEFGHIJKLMNOP -m comment --comment shop/web:http -j KUBE-SEP-BBBBBBBBBBBBBBBB
        -A KUBE-SVL-ABCDEFGHIJKLMNOP -m comment --comment shop/web:http -j KUBE-SEP-AAAAAAAAAAAAAAAA
        -A KUBE-SEP-AAAAAAAAAAAAAAAA -m comment --comment shop/web:http -s 10.244.1.11 -j KUBE-MARK-MASQ
        -A KUBE-SEP-AAAAAAAAAAAAAAAA -m comment --comment shop/web:http -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
        -A KUBE-SEP-BBBBBBBBBBBBBBBB -m comment --comment shop/web:http -s 10.244.2.11 -j KUBE-MARK-MASQ
        -A KUBE-SEP-BBBBBBBBBBBBBBBB -m comment --comment shop/web:http -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
        COMMIT

        """;

    /// <summary>What the IPVS mode has beside what it shares with the other one.</summary>
    internal const string IpvsIptables = """
        *filter
        :KUBE-FORWARD - [0:0]
        :KUBE-NODE-PORT - [0:0]
        :KUBE-PROXY-FIREWALL - [0:0]
        :KUBE-SOURCE-RANGES-FIREWALL - [0:0]
        :KUBE-IPVS-FILTER - [0:0]
        :KUBE-IPVS-OUT-FILTER - [0:0]
        -A INPUT -m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-FILTER
        -A INPUT -m comment --comment "kube-proxy firewall rules" -j KUBE-PROXY-FIREWALL
        -A INPUT -m comment --comment "kubernetes health check rules" -j KUBE-NODE-PORT
        -A FORWARD -m comment --comment "kube-proxy firewall rules" -j KUBE-PROXY-FIREWALL
        -A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
        -A OUTPUT -m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-OUT-FILTER
        -A KUBE-SOURCE-RANGES-FIREWALL -j DROP
        COMMIT
        *nat
        :KUBE-LOAD-BALANCER - [0:0]
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-NODE-PORT - [0:0]
        :KUBE-POSTROUTING - [0:0]
        :KUBE-SERVICES - [0:0]
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ
        -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
        -A KUBE-NODE-PORT -p tcp -m comment --comment "Kubernetes nodeport TCP port for masquerade purpose" -j KUBE-MARK-MASQ
        -A KUBE-SERVICES -m comment --comment "Kubernetes service lb portal" -j KUBE-LOAD-BALANCER
        -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT
        COMMIT

        """;

    /// <summary>Of the kubelet, network plugins and an admin: some bear names that begin as kube-proxy's do, or speak of them.</summary>
    internal const string Foreign = """
        *mangle
        :KUBE-IPTABLES-HINT - [0:0]
        :KUBE-KUBELET-CANARY - [0:0]
        :cali-PREROUTING - [0:0]
        -A PREROUTING -m comment --comment "cali:6gwbT8clXdHdC1b1" -j cali-PREROUTING
        COMMIT
        *filter
        :KUBE-FIREWALL - [0:0]
        :KUBE-KUBELET-CANARY - [0:0]
        :CNI-FORWARD - [0:0]
        :FLANNEL-FWD - [0:0]
        :KUBE-ROUTER-FORWARD - [0:0]
        :MY-KUBE-SERVICES - [0:0]
        -A INPUT -j KUBE-FIREWALL
        -A INPUT -m comment --comment "never -j KUBE-SERVICES" -p tcp -m tcp --dport 22 -j ACCEPT
        -A FORWARD -m comment --comment "CNI firewall plugin rules" -j CNI-FORWARD
        -A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD
        -A FORWARD -j KUBE-ROUTER-FORWARD
        -A OUTPUT -j KUBE-FIREWALL
        -A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
        -A MY-KUBE-SERVICES -j RETURN
        COMMIT
        *nat
        :CNI-0123456789abcdef - [0:0]
        :CNI-HOSTPORT-DNAT - [0:0]
        :KUBE-KUBELET-CANARY - [0:0]
        :KUBE-MARK-DROP - [0:0]
        -A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -A POSTROUTING -m comment --comment "name: \"cni0\" id: \"x -j KUBE-POSTROUTING\"" -j CNI-0123456789abcdef
        -A CNI-0123456789abcdef -j MASQUERADE
        -A KUBE-MARK-DROP -j MARK --or-mark 0x8000
        COMMIT

        """;

    /// <summary>What the nftables mode makes, and an admin's table of another family beside it.</summary>
    internal const string Nftables = """
        table ip kube-proxy {
            comment "rules for kube-proxy"
            map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
            chain services { ip daddr . meta l4proto . th dport vmap @service-ips; }
            chain nat-prerouting { type nat hook prerouting priority -100; jump services; }
        }
        table ip6 kube-proxy {
            comment "rules for kube-proxy"
            chain nat-prerouting { type nat hook prerouting priority -100; }
        }
        """;

    /// <summary>Tables of others, with names that might be taken for kube-proxy's.</summary>
    internal const string ForeignNftables = """
        table inet kube-proxy {
            chain admin { type filter hook input priority 5; accept; }
        }
        table ip kube-proxy-next-test {
            chain admin { tcp dport 80 accept; }
        }
        """;
}
