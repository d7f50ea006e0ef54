namespace KubeProxyNext.EndToEnd.Migration;

/// <summary>A Service as the rules of kube-proxy know it: a port of TCP and UDP with a NodePort, and its backend.</summary>
/// <param name="IsLocal">Whether its external policy is Local: the source is kept then.</param>
internal sealed record RuledService(int Number, string IPv4, string IPv6, int Port, int NodePort, int Target, Pod Backend, bool IsLocal);

/// <summary>
/// The rules that kube-proxy writes for Services with a NodePort, of both families: translation, masquerading, and what it drops. Each Service
/// has one backend, so nothing has to be chosen.
/// </summary>
internal static class KubeProxyRules
{
    private static readonly string[] Protocols = ["tcp", "udp"];

    /// <summary>As in its nftables mode.</summary>
    public static string Nftables(Node node, IEnumerable<RuledService> services) =>
        Table("ip", node.IPv4, services.Select(service => (service, service.IPv4, service.Backend.IPv4)))
        + Table("ip6", node.IPv6, services.Select(service => (service, service.IPv6, service.Backend.IPv6)));

    /// <summary>As in its iptables mode.</summary>
    public static string Iptables(IEnumerable<RuledService> services, bool isIPv6)
    {
        RuledService[] all = [.. services];
        return Lines([
            KubeProxyIptables.Filter,
            KubeProxyIptables.NatChains,
            .. all.Select(service => $":KUBE-SVC-{service.Number:X16} - [0:0]\n:KUBE-EXT-{service.Number:X16} - [0:0]"),
            KubeProxyIptables.NatRules,
            .. all.Select(service => Rules(service, isIPv6)),
            KubeProxyIptables.NatEnd,
        ]);
    }

    private static string Rules(RuledService service, bool isIPv6)
    {
        var (address, backend) = isIPv6 ? (service.IPv6, $"[{service.Backend.IPv6}]") : (service.IPv4, service.Backend.IPv4);
        var chain = $"{service.Number:X16}";
        return Lines(Protocols.Select(protocol => $"""
            -A KUBE-SERVICES -d {address} -p {protocol} -m {protocol} --dport {service.Port} -j KUBE-SVC-{chain}
            -A KUBE-NODEPORTS -p {protocol} -m {protocol} --dport {service.NodePort} -j KUBE-EXT-{chain}
            -A KUBE-SVC-{chain} -p {protocol} -m {protocol} -j DNAT --to-destination {backend}:{service.Target}
            """).Append($"""
            -A KUBE-EXT-{chain} {(service.IsLocal ? "-m addrtype --src-type LOCAL " : "")}-j KUBE-MARK-MASQ
            -A KUBE-EXT-{chain} -j KUBE-SVC-{chain}
            """));
    }

    private static string Table(string family, string node, IEnumerable<(RuledService Service, string Address, string Backend)> services) => $$"""
        table {{family}} kube-proxy {
            chain mark-for-masquerade { meta mark set meta mark | 0x4000; }
            chain masquerading {
                meta mark & 0x4000 == 0 return
                meta mark set meta mark ^ 0x4000
                masquerade fully-random
            }
            chain services {
        {{Lines(services.Select(one => Rules(family, node, one.Service, one.Address, one.Backend.Contains(':') ? $"[{one.Backend}]" : one.Backend)))}}
            }
            chain nat-prerouting { type nat hook prerouting priority -100; jump services; }
            chain nat-output { type nat hook output priority -100; jump services; }
            chain nat-postrouting { type nat hook postrouting priority 100; jump masquerading; }
        }

        """;

    private static string Rules(string family, string node, RuledService service, string address, string backend) => $$"""
                {{(service.IsLocal ? "fib saddr type local " : "")}}{{family}} daddr {{node}} meta l4proto { tcp, udp } th dport {{service.NodePort}} jump mark-for-masquerade
                {{family}} daddr {{node}} meta l4proto { tcp, udp } th dport {{service.NodePort}} dnat to {{backend}}:{{service.Target}}
                {{family}} daddr {{address}} meta l4proto { tcp, udp } th dport {{service.Port}} dnat to {{backend}}:{{service.Target}}
        """;

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);
}
