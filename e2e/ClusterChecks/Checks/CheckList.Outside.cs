using KubeProxyNext.ClusterChecks.Facts;

namespace KubeProxyNext.ClusterChecks.Checks;

/// <summary>What others notice who are no part of the cluster, and what its own clients get by the same addresses.</summary>
internal sealed partial class CheckList
{
    private IEnumerable<Check> NodePorts(Family family)
    {
        var (web, controlPlane) = (NodePort("web"), cluster.ControlPlane.At(family)!);
        return
        [
            .. cluster.Nodes.Select(node =>
                new Check($"a NodePort from outside, at {node.Name}, {family}", _outside, Ask.Once(node.At(family)!, web), EitherPod, EitherPodPattern)),
            new($"a NodePort from outside, by UDP, {family}", _outside, Ask.Datagram(controlPlane, NodePort("web", "udp")), EitherPod, Answer(EitherPodPattern)),
            new($"a NodePort without pods refuses at once, from outside, {family}", _outside, Ask.Connect(controlPlane, NodePort("nobody")), "REFUSED", "REFUSED"),
            new(
                $"affinity: a client outside keeps its pod, {family}",
                _outside, Ask.Many(controlPlane, NodePort("sticky"), 20), "one pod, 20 times", $"20 {EitherPodPattern}"),
            new($"a pod asks a NodePort of its worker, {family}", _client1, Ask.Once(cluster.Worker1.At(family)!, web), EitherPod, EitherPodPattern),
            new($"a pod asks a NodePort of another node, {family}", _client1, Ask.Once(controlPlane, web), EitherPod, EitherPodPattern),
            .. family == Family.IPv4 ? new[] { new Check("a worker asks a NodePort at 127.0.0.1", _host1, Ask.Once("127.0.0.1", web), EitherPod, EitherPodPattern) } : [],
        ];
    }

    private IEnumerable<Check> LoadBalancers(Family family)
    {
        var (front, seen, self) = (Workload.FrontAddress(family), Workload.SeenAddress(family), Seen(cluster.Outside.At(family)!));
        var (worker1, controlPlane) = (cluster.Worker1.At(family)!, cluster.ControlPlane.At(family)!);
        return
        [
            new($"a load balancer's address from outside, {family}", _outside, Ask.Once(front, Http), EitherPod, EitherPodPattern),
            new($"a load balancer's address from a pod, {family}", _client2, Ask.Once(front, Http), EitherPod, EitherPodPattern),
            new(
                $"externalTrafficPolicy Cluster: pods see a node, {family}",
                _outside, Ask.Once(front, Http, "clientip"), "another address than its own", $@"(?!{self}\z)\S+:\d+"),
            new(
                $"externalTrafficPolicy Local: the pod of the node that has the load balancer's packets, {family}",
                _outside, Ask.Many(seen, Http, 20), "web-2, 20 times", "20 web-2"),
            new($"externalTrafficPolicy Local: that pod sees who asks, {family}", _outside, Ask.Once(seen, Http, "clientip"), "its own address", self),
            new(
                $"externalTrafficPolicy Local: the pod of the node whose NodePort is asked, {family}",
                _outside, Ask.Many(worker1, NodePort("seen"), 20), "web-1, 20 times", "20 web-1"),
            new(
                $"externalTrafficPolicy Local: that pod sees who asks a NodePort, {family}",
                _outside, Ask.Once(worker1, NodePort("seen"), "clientip"), "its own address", self),
            new(
                $"externalTrafficPolicy Local: a NodePort of a node without a pod is silent, {family}",
                _outside, Ask.Connect(controlPlane, NodePort("seen")), "no answer: TIMEOUT", "TIMEOUT"),
            new($"externalTrafficPolicy Local: a pod of the cluster may get any, {family}", _client1, Ask.Once(seen, Http), EitherPod, EitherPodPattern),
            new($"healthCheckNodePort of a worker with a pod, {family}", _outside, Ask.Status(worker1, HealthPort, "healthz"), "200", "200"),
            new($"healthCheckNodePort of a node without a pod, {family}", _outside, Ask.Status(controlPlane, HealthPort, "healthz"), "503", "503"),
        ];
    }

    private int HealthPort => cluster.Services["seen"].HealthCheckNodePort;
}
