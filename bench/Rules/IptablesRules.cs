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
    public string Name => "iptables";

    public Task LoadAsync(Node node, string file) => RuleLoading.RunAsync(node, "iptables-restore", file);

    public void Write(TextWriter file, BenchServices services)
    {
        file.WriteLine(KubeProxyIptables.Filter);
        file.WriteLine(KubeProxyIptables.NatChains);
        for (var i = 0; i < services.Count; i++)
        {
            file.WriteLine($":KUBE-SVC-{i:X16} - [0:0]");
            Array.ForEach(Server.Ports, port => file.WriteLine($":{EndpointOf(i, port)} - [0:0]"));
        }

        file.WriteLine(KubeProxyIptables.NatRules);
        for (var i = 0; i < services.Count; i++)
        {
            WriteService(file, services, i);
        }

        file.Write(KubeProxyIptables.NatEnd);
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
