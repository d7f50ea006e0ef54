using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Bench.Load;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Rules;

/// <summary>
/// The rules that kube-proxy 1.36 writes for ClusterIP Services in nftables mode: a verdict map from address, protocol and port to the
/// chain of the service port, which picks the chain of an endpoint at random, which rewrites the destination.
/// </summary>
internal sealed class NftablesRules : IRuleSet
{
    internal const string Base = """
        table ip kube-proxy {
        	comment "rules for kube-proxy"
        	set cluster-ips { type ipv4_addr; }
        	set nodeport-ips { type ipv4_addr; }
        	map firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
        	map no-endpoint-nodeports { type inet_proto . inet_service : verdict; }
        	map no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict; }
        	map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
        	map service-nodeports { type inet_proto . inet_service : verdict; }
        	chain cluster-ips-check {
        		ip daddr @cluster-ips reject
        		ip daddr { 10.96.0.0/16 } drop
        	}
        	chain firewall-check { ip daddr . meta l4proto . th dport vmap @firewall-ips; }
        	chain service-endpoints-check { ip daddr . meta l4proto . th dport vmap @no-endpoint-services; }
        	chain nodeport-endpoints-check { ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports; }
        	chain mark-for-masquerade { meta mark set meta mark | 0x4000; }
        	chain masquerading {
        		meta mark & 0x4000 == 0 return
        		meta mark set meta mark ^ 0x4000
        		masquerade fully-random
        	}
        	chain services {
        		ip daddr . meta l4proto . th dport vmap @service-ips
        		ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
        	}
        	chain filter-prerouting-pre-dnat { type filter hook prerouting priority -110; ct state new jump firewall-check; }
        	chain filter-output-pre-dnat { type filter hook output priority -110; ct state new jump firewall-check; }
        	chain filter-forward {
        		type filter hook forward priority 0
        		ct state new jump service-endpoints-check
        		ct state new jump cluster-ips-check
        	}
        	chain filter-input {
        		type filter hook input priority 0
        		ct state new jump nodeport-endpoints-check
        		ct state new jump service-endpoints-check
        	}
        	chain filter-output {
        		type filter hook output priority 0
        		ct state new jump service-endpoints-check
        		ct state new jump cluster-ips-check
        	}
        	chain nat-prerouting { type nat hook prerouting priority -100; jump services; }
        	chain nat-output { type nat hook output priority -100; jump services; }
        	chain nat-postrouting { type nat hook postrouting priority 100; jump masquerading; }

        """;

    public string Name => "nftables";

    public Task LoadAsync(Node node, string file) => RuleLoading.RunAsync(node, "nft", "-f", file);

    public void Write(TextWriter file, BenchServices services)
    {
        file.WriteLine("table ip kube-proxy");
        file.WriteLine("delete table ip kube-proxy");
        file.WriteLine(Base);
        for (var i = 0; i < services.Count; i++)
        {
            WriteChains(file, services, i);
        }

        file.WriteLine("}");
        var all = Enumerable.Range(0, services.Count);
        file.WriteLine($"add element ip kube-proxy cluster-ips {{ {string.Join(", ", all.Select(services.ClusterIp))} }}");
        file.WriteLine($"add element ip kube-proxy service-ips {{ {string.Join(", ", all.Select(i => Element(services, i)))} }}");
    }

    private static void WriteChains(TextWriter file, BenchServices services, int index)
    {
        var name = NameOf(index);
        foreach (var port in Server.Ports)
        {
            file.WriteLine($"\tchain {EndpointOf(index, services, port)} {{");
            file.WriteLine($"\t\tip saddr {services.Server} jump mark-for-masquerade");
            file.WriteLine($"\t\tmeta l4proto tcp dnat to {services.Server}:{port}");
            file.WriteLine("\t}");
        }

        var endpoints = Server.Ports.Select((port, i) => $"{i} : goto {EndpointOf(index, services, port)}");
        file.WriteLine($"\tchain service-{name} {{");
        file.WriteLine(
            $"\t\tip daddr {services.ClusterIp(index)} tcp dport {services.Port} ip saddr != 10.244.0.0/16 jump mark-for-masquerade");
        file.WriteLine($"\t\tnumgen random mod {Server.Ports.Length} vmap {{ {string.Join(", ", endpoints)} }}");
        file.WriteLine("\t}");
    }

    private static string Element(BenchServices services, int index) =>
        $"{services.ClusterIp(index)} . tcp . {services.Port} : goto service-{NameOf(index)}";

    private static string NameOf(int index) => $"{index:x8}-bulk/svc-{index:d6}/tcp/http";

    private static string EndpointOf(int index, BenchServices services, int port) => $"endpoint-{NameOf(index)}__{services.Server}/{port}";
}
