using System.Globalization;
using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Bench.Load;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Rules;

/// <summary>
/// The rules that kube-proxy 1.36 writes for ClusterIP Services in iptables mode: one list with a rule for each service port, which a new
/// connection walks until one matches; behind it a chain that picks an endpoint's chain by chance, which rewrites the destination.
/// </summary>
internal sealed class IptablesRules : IRuleSet
{
    private const string Filter = """
        *filter
        :KUBE-EXTERNAL-SERVICES - [0:0]
        :KUBE-FORWARD - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-PROXY-FIREWALL - [0:0]
        :KUBE-SERVICES - [0:0]
        -A INPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
        -A INPUT -j KUBE-NODEPORTS
        -A INPUT -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES
        -A FORWARD -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
        -A FORWARD -j KUBE-FORWARD
        -A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES
        -A FORWARD -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES
        -A OUTPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
        -A OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES
        -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
        -A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
        -A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        COMMIT
        *nat
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-POSTROUTING - [0:0]
        :KUBE-SERVICES - [0:0]
        """;

    private const string Nat = """
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
        -A KUBE-POSTROUTING -j MASQUERADE --random-fully
        -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
        """;

    public string Name => "iptables";

    public Task LoadAsync(Node node, string file) => RuleLoading.RunAsync(node, "iptables-restore", file);

    public void Write(TextWriter file, BenchServices services)
    {
        file.WriteLine(Filter);
        for (var i = 0; i < services.Count; i++)
        {
            file.WriteLine($":KUBE-SVC-{i:X16} - [0:0]");
            Array.ForEach(Server.Ports, port => file.WriteLine($":{EndpointOf(i, port)} - [0:0]"));
        }

        file.WriteLine(Nat);
        for (var i = 0; i < services.Count; i++)
        {
            WriteService(file, services, i);
        }

        file.WriteLine("-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS");
        file.WriteLine("COMMIT");
    }

    private static void WriteService(TextWriter file, BenchServices services, int index)
    {
        var name = $"bulk/svc-{index:d6}:http";
        var match = $"-m comment --comment \"{name} cluster IP\" -m tcp -p tcp -d {services.ClusterIp(index)} --dport {services.Port}";
        file.WriteLine($"-A KUBE-SERVICES {match} -j KUBE-SVC-{index:X16}");
        file.WriteLine($"-A KUBE-SVC-{index:X16} {match} ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ");
        for (var i = 0; i < Server.Ports.Length; i++)
        {
            var endpoint = EndpointOf(index, Server.Ports[i]);
            var comment = $"-m comment --comment {name}";
            file.WriteLine($"-A KUBE-SVC-{index:X16} {comment} {Chance(Server.Ports.Length - i)}-j {endpoint}");
            file.WriteLine($"-A {endpoint} {comment} -s {services.Server} -j KUBE-MARK-MASQ");
            file.WriteLine($"-A {endpoint} {comment} -m tcp -p tcp -j DNAT --to-destination {services.Server}:{Server.Ports[i]}");
        }
    }

    /// <summary>One in so many; the last of all has no choice.</summary>
    private static string Chance(int left) => left == 1
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"-m statistic --mode random --probability {1.0 / left:0.0000000000} ");

    private static string EndpointOf(int index, int port) => $"KUBE-SEP-{index:X8}{port:X8}";
}
