using System.Text.RegularExpressions;
using KubeProxyNext.ClusterChecks.Facts;
using KubeProxyNext.ClusterChecks.Tools;

namespace KubeProxyNext.ClusterChecks.Checks;

/// <summary>What a user of the cluster would notice, in the order in which it is tried.</summary>
internal sealed partial class CheckList(ClusterFacts cluster, Kubectl kubectl, RunOptions options)
{
    private const int Http = 80;
    private const string EitherPod = "web-1 or web-2";
    private const string EitherPodPattern = "web-[12]";

    private readonly Place _client1 = InPod(kubectl, "client-1");
    private readonly Place _client2 = InPod(kubectl, "client-2");
    private readonly Place _host1 = InPod(kubectl, "host-1");
    private readonly Place _outside = new("the container outside", new("docker", "exec", options.Outside));

    public IReadOnlyList<Check> All() =>
    [
        .. cluster.Families.SelectMany(ClusterIps),
        .. cluster.Families.SelectMany(Policies),
        .. cluster.Families.SelectMany(NodePorts),
        .. cluster.Families.SelectMany(LoadBalancers),
        .. Changes(),
        .. Health(),
        .. Restarts(),
    ];

    private IEnumerable<Check> ClusterIps(Family family)
    {
        var (web, nobody) = (ClusterIp("web", family), ClusterIp("nobody", family));
        return
        [
            new($"a pod asks a ClusterIP, {family}", _client1, Ask.Once(web, Http), EitherPod, EitherPodPattern),
            new($"a pod of the other worker asks a ClusterIP, {family}", _client2, Ask.Once(web, Http), EitherPod, EitherPodPattern),
            new($"a worker asks a ClusterIP, {family}", _host1, Ask.Once(web, Http), EitherPod, EitherPodPattern),
            new($"a pod asks a Service by name, {family}", _client1, Ask.ByName("web.default.svc.cluster.local", family), EitherPod, EitherPodPattern),
            new($"all pods of a Service are asked, {family}", _client1, Ask.Many(web, Http, 40), "web-1 and web-2, 40 times in all", @"\d+ web-1, \d+ web-2"),
            new($"the pod behind a ClusterIP sees who asks, {family}", _client1, Ask.Once(web, Http, "clientip"), "client-1's address", Seen(cluster.PodIP("client-1", family))),
            new($"a pod asks a ClusterIP by UDP, {family}", _client1, Ask.Datagram(web, Http), EitherPod, Answer(EitherPodPattern)),
            // Kernels before 5.18 have no better word for it than EPERM.
            new($"a Service without pods refuses at once, {family}", _client1, Ask.Connect(nobody, Http), "REFUSED", "REFUSED|OTHER: .*operation not permitted"),
        ];
    }

    private IEnumerable<Check> Policies(Family family)
    {
        var (near, sticky) = (ClusterIp("near", family), ClusterIp("sticky", family));
        return
        [
            new($"internalTrafficPolicy Local: the pod on the worker of the client, {family}", _client1, Ask.Many(near, Http, 20), "web-1, 20 times", "20 web-1"),
            new($"internalTrafficPolicy Local: the same on the other worker, {family}", _client2, Ask.Many(near, Http, 20), "web-2, 20 times", "20 web-2"),
            new($"affinity: a pod keeps the pod that it asks, {family}", _client1, Ask.Many(sticky, Http, 20), "one pod, 20 times", $"20 {EitherPodPattern}"),
        ];
    }

    /// <summary>Pods come and go: here by the label that makes them the Service's.</summary>
    private IEnumerable<Check> Changes()
    {
        var web = ClusterIp("web", Family.IPv4);
        return
        [
            new("a pod is taken out of the Service", _client1, Ask.Many(web, Http, 40), "web-1, 40 times", "40 web-1")
            {
                Before = [kubectl.Call("label", "pod", "web-2", "app-")],
            },
            new("a pod comes back to the Service", _client1, Ask.Many(web, Http, 40), "web-1 and web-2, 40 times in all", @"\d+ web-1, \d+ web-2")
            {
                Before = [kubectl.Call("label", "pod", "web-2", "app=web")],
            },
        ];
    }

    private IEnumerable<Check> Health() =>
    [
        .. cluster.Nodes.Select(node => new Check($"/healthz of {node.Name}", _outside, Ask.Status(node.IPv4, 10256, "healthz"), "200", "200")),
        new("/proxyMode of a worker", _host1, Ask.Once("127.0.0.1", 10249, "proxyMode"), "ebpf", "ebpf"),
    ];

    // Of two families each has its turn, for a restart takes a minute.
    private IEnumerable<Check> Restarts()
    {
        var (first, last) = (cluster.Families.First(), cluster.Families.Last());
        return
        [
            Restart($"the DaemonSet restarts under a pod's connections, {first}", _client1, Ask.WithoutPause(ClusterIp("web", first), Http)),
            Restart($"the DaemonSet restarts under connections from outside, {last}", _outside, Ask.WithoutPause(cluster.ControlPlane.At(last)!, NodePort("web"))),
        ];
    }

    private Check Restart(string name, Place from, IReadOnlyList<string> command) => new(name, from, command, "0 failed", "[1-9][0-9]* connections, 0 failed")
    {
        Meanwhile = [from.Run(Ask.ForBeginning), kubectl.Restart, kubectl.RolloutOf(Kubectl.DaemonSet, TimeSpan.FromMinutes(5)), from.Run(Ask.ToStop)],
    };

    private static Place InPod(Kubectl kubectl, string pod) => new(pod, kubectl.Call("exec", pod, "--"));

    private string ClusterIp(string service, Family family) => cluster.Services[service].At(family)!;

    private int NodePort(string service, string port = "http") => cluster.Services[service].NodePorts[port];

    // As netexec writes the address and the port of a client.
    private static string Seen(string address) => $@"{Regex.Escape(Families.IsIPv6(address) ? $"[{address}]" : address)}:\d+";

    // As netexec writes what came back for a datagram.
    private static string Answer(string pattern) => $@"\{{""responses"":\[""{pattern}""\]\}}";
}
