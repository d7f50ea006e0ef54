using KubeProxyNext.Bench.NodePorts;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Rules;

/// <summary>
/// The rules that kube-proxy 1.36 writes for Services with a NodePort in nftables mode: beside what a ClusterIP has, a verdict map from
/// protocol and port to a chain that marks connections for masquerading, or, with policy Local, lets endpoints of this node alone have them.
/// </summary>
internal static class NftablesNodePorts
{
    public static async Task LoadAsync(Node node, string file, IReadOnlyList<NodePortService> services)
    {
        await using (var text = File.CreateText(file))
        {
            Write(text, node, services);
        }

        await RuleLoading.RunAsync(node, "nft", "-f", file);
    }

    private static void Write(TextWriter file, Node node, IReadOnlyList<NodePortService> services)
    {
        file.WriteLine(NftablesRules.Base);
        foreach (var service in services)
        {
            WriteEndpoints(file, service);
            WriteService(file, service);
            WriteExternal(file, service);
        }

        file.WriteLine("}");
        WriteElements(file, "nodeport-ips", [node.IPv4]);
        WriteElements(file, "cluster-ips", services.Select(service => service.ClusterIp));
        WriteElements(file, "service-ips", services.Select(service =>
            $"{service.ClusterIp} . tcp . {NodePortService.Port} : goto service-{NameOf(service)}"));
        WriteElements(file, "service-nodeports", services.Select(service => $"tcp . {service.NodePort} : goto external-{NameOf(service)}"));
    }

    private static void WriteEndpoints(TextWriter file, NodePortService service)
    {
        foreach (var pod in service.Backends)
        {
            file.WriteLine($"\tchain {EndpointOf(service, pod)} {{");
            file.WriteLine($"\t\tip saddr {pod.IPv4} jump mark-for-masquerade");
            file.WriteLine($"\t\tmeta l4proto tcp dnat to {pod.IPv4}:{service.Target}");
            file.WriteLine("\t}");
        }
    }

    private static void WriteService(TextWriter file, NodePortService service)
    {
        file.WriteLine($"\tchain service-{NameOf(service)} {{");
        file.WriteLine($"\t\tip daddr {service.ClusterIp} tcp dport {NodePortService.Port} ip saddr != 10.244.0.0/16 jump mark-for-masquerade");
        file.WriteLine($"\t\t{Choice(service)}");
        file.WriteLine("\t}");
    }

    private static void WriteExternal(TextWriter file, NodePortService service)
    {
        file.WriteLine($"\tchain external-{NameOf(service)} {{");
        if (service.IsLocal)
        {
            file.WriteLine($"\t\tip saddr 10.244.0.0/16 goto service-{NameOf(service)}");
            file.WriteLine("\t\tfib saddr type local jump mark-for-masquerade");
            file.WriteLine($"\t\tfib saddr type local goto service-{NameOf(service)}");
            file.WriteLine($"\t\t{Choice(service)}");
        }
        else
        {
            file.WriteLine("\t\tjump mark-for-masquerade");
            file.WriteLine($"\t\tgoto service-{NameOf(service)}");
        }

        file.WriteLine("\t}");
    }

    private static string Choice(NodePortService service)
    {
        var endpoints = service.Backends.Select((pod, i) => $"{i} : goto {EndpointOf(service, pod)}");
        return $"numgen random mod {service.Backends.Count} vmap {{ {string.Join(", ", endpoints)} }}";
    }

    private static void WriteElements(TextWriter file, string set, IEnumerable<string> elements) =>
        file.WriteLine($"add element ip kube-proxy {set} {{ {string.Join(", ", elements)} }}");

    private static string NameOf(NodePortService service) => $"{service.NodePort:X8}-default/{service.Name}/tcp/http";

    private static string EndpointOf(NodePortService service, Pod pod) => $"endpoint-{NameOf(service)}__{pod.IPv4}/{service.Target}";
}
