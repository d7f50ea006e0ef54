using KubeProxyNext.Laboratory;
using KubeProxyNext.Manifests;

namespace KubeProxyNext.Unit.ClusterChecks;

/// <summary>A run on a cluster that works, and on one that does not, by what it asks of the tools and what it says.</summary>
internal sealed class RunTests
{
    private const int Fine = 0, Wrong = 1;

    private static readonly string[] Removal =
    [
        $"docker rm --force --volumes {StandIns.Cluster}-outside",
        $"kind delete cluster --name {StandIns.Cluster} --kubeconfig out/cluster-checks/{StandIns.Cluster}/kubeconfig",
    ];

    private StandIns _tools = null!;

    [SetUp]
    public void PutToolsInPlace() => _tools = new("kind", isDualStack: true);

    [TearDown]
    public void RemoveTools() => _tools.Dispose();

    [Test]
    public async Task ClusterThatWorks_PassesEveryCheck_AndIsRemoved()
    {
        var run = await _tools.RunAsync("kind");

        Assert.That(run.ExitCode, Is.EqualTo(Fine), $"{run}");
        Assert.That(run.Errors, Is.Empty);
        Assert.That(Lines(run, "FAILED"), Is.Empty);
        Assert.That(Lines(run, "passed  "), Has.Count.GreaterThan(60));
        Assert.That(Lines(run, "passed  "), Does.Contain("passed  a pod asks a ClusterIP, IPv6: expected web-1 or web-2; seen web-1"));
        Assert.That(run.Output, Does.Match(@"\n\d+ passed, 0 failed\n"));
        Assert.That(_tools.Calls.TakeLast(2), Is.EqualTo(Removal));
    }

    [Test]
    public async Task Kind_IsAskedInThisOrder()
    {
        await _tools.RunAsync("kind", "--node-image", "kindest/node:v1.34.0", "--test-image", "example.org/agnhost:1");

        Assert.That(string.Join('\n', _tools.Calls.TakeWhile(call => !call.Contains(" exec client"))), Is.EqualTo("""
            docker version --format {{.Server.Version}}
            kind get clusters
            make image
            kind create cluster --name kpn-test --kubeconfig out/cluster-checks/kpn-test/kubeconfig --config - --image kindest/node:v1.34.0
            kind load image-archive out/kube-proxy-next.tar --name kpn-test
            kubectl get nodes --output json
            kubectl apply --kustomize out/cluster-checks/kpn-test
            kubectl --namespace kube-system rollout status daemonset/kube-proxy-next --timeout=600s
            kubectl wait --for condition=Ready nodes --all --timeout=180s
            kubectl --namespace kube-system rollout status deployment/coredns --timeout=180s
            kubectl apply --filename -
            kubectl wait --for condition=Ready pods --all --timeout=600s
            docker run --detach --name kpn-test-outside --network kind --cap-add NET_ADMIN example.org/agnhost:1 netexec --http-port=8080 --udp-port=8081
            kubectl get services --output json
            kubectl get pods --output json
            docker inspect kpn-test-outside
            kubectl patch service front --subresource status --type merge --patch {"status":{"loadBalancer":{"ingress":[{"ip":"198.51.100.10"},{"ip":"2001:db8:100::10"}]}}}
            kubectl patch service seen --subresource status --type merge --patch {"status":{"loadBalancer":{"ingress":[{"ip":"198.51.100.11"},{"ip":"2001:db8:100::11"}]}}}
            docker exec kpn-test-outside ip route add 198.51.100.10 via 172.18.0.3
            docker exec kpn-test-outside ip route add 198.51.100.11 via 172.18.0.4
            docker exec kpn-test-outside ip route add 2001:db8:100::10 via 2001:db8:18::3
            docker exec kpn-test-outside ip route add 2001:db8:100::11 via 2001:db8:18::4
            """));
        Assert.That(_tools.InputOf("kind"), Does.Contain("kubeProxyMode: none").And.Contains("ipFamily: dual"));
    }

    [Test]
    public async Task Kind_GetsAnOverlay_ThatKnowsTheControlPlane()
    {
        await _tools.RunAsync("kind");

        var objects = Kustomization.Render(StandIns.RunFolder);
        var environment = objects.Single(one => $"{one["kind"]}" == "DaemonSet")["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray();
        Assert.That($"{environment.Single(one => $"{one!["name"]}" == "KUBERNETES_SERVICE_HOST")!["value"]}", Is.EqualTo("172.18.0.2"));
        Assert.That($"{environment.Single(one => $"{one!["name"]}" == "KUBERNETES_SERVICE_PORT")!["value"]}", Is.EqualTo("6443"));
        Assert.That($"{objects.Single(one => $"{one["kind"]}" == "ConfigMap")["data"]!["config.conf"]}", Does.Contain("clusterCIDR: 10.244.0.0/16,fd00:10:244::/56"));
        Assert.That(objects.SelectMany(Schema.Ours.FaultsOf), Is.Empty);
    }

    [Test]
    public async Task Workload_IsWhatAnApiServerTakes_OnTheWorkersThatThereAre()
    {
        await _tools.RunAsync("kind", "--test-image", "example.org/agnhost:1");

        var objects = YamlFile.Parse(_tools.InputOf("kubectl"), "workload.yaml").Select(one => one.AsObject()).ToList();
        Assert.That(objects.SelectMany(Schema.Ours.FaultsOf), Is.Empty);
        var pods = objects.Where(one => $"{one["kind"]}" == "Pod").ToDictionary(pod => $"{pod["metadata"]!["name"]}", pod => pod["spec"]!);
        Assert.That($"{pods["web-1"]["nodeName"]}", Is.EqualTo("kpn-test-worker").And.EqualTo($"{pods["client-1"]["nodeName"]}").And.EqualTo($"{pods["host-1"]["nodeName"]}"));
        Assert.That($"{pods["web-2"]["nodeName"]}", Is.EqualTo("kpn-test-worker2").And.EqualTo($"{pods["client-2"]["nodeName"]}"));
        Assert.That(pods.Values.Select(pod => $"{pod["containers"]![0]!["image"]}"), Is.All.EqualTo("example.org/agnhost:1"));
    }

    [Test]
    public async Task Restart_IsWhileAClientConnects_WhichEndsThen()
    {
        await _tools.RunAsync("kind");

        var calls = _tools.Calls.Select(call => call.Split(["sh -c "], StringSplitOptions.None)[0]).ToList();
        var restart = calls.IndexOf("kubectl --namespace kube-system rollout restart daemonset/kube-proxy-next");
        Assert.That(calls[(restart - 2)..restart], Is.All.EqualTo("kubectl exec client-1 -- "), "the client, and whoever waits for it to have begun");
        Assert.That(calls[restart + 1], Is.EqualTo("kubectl --namespace kube-system rollout status daemonset/kube-proxy-next --timeout=300s"));
        Assert.That(calls[restart + 2], Is.EqualTo("kubectl exec client-1 -- touch /tmp/stop"));
    }

    [Test]
    public async Task CheckThatFails_IsNamed_WithWhatCameAndTheCommand_AndTheRestGoesOn()
    {
        _tools.Otherwise("exec client-2 -- curl -gsS --max-time 5 http://10.96.0.10:80/hostname", "echo 'curl: (28) timed out' >&2; exit 28");

        var run = await _tools.RunAsync("kind", "--patience", "0");

        Assert.That(run.ExitCode, Is.EqualTo(Wrong));
        Assert.That(Lines(run, "FAILED"), Is.EqualTo(new[]
        {
            "FAILED  a pod of the other worker asks a ClusterIP, IPv4: expected web-1 or web-2; seen curl: (28) timed out",
        }));
        Assert.That(run.Output, Does.Contain("    kubectl --kubeconfig out/cluster-checks/kpn-test/kubeconfig exec client-2 -- curl").And.Match(@"\n\d\d passed, 1 failed\n"));
        Assert.That(_tools.Calls.TakeLast(2), Is.EqualTo(Removal));
    }

    [Test]
    public async Task WhatClustersLookedLike_StaysWhenSomethingFailed()
    {
        _tools.Otherwise("get nodes,pods", "echo 'a look around'; exit 0");
        _tools.Otherwise("/proxyMode", "echo iptables; exit 0");

        var run = await _tools.RunAsync("kind", "--patience", "0");

        Assert.That(Lines(run, "FAILED"), Is.EqualTo(new[] { "FAILED  /proxyMode of a worker: expected ebpf; seen iptables" }));
        Assert.That(File.ReadAllText(Path.Combine(StandIns.RunFolder, "objects.txt")), Does.Contain("a look around"));
        Assert.That(_tools.Calls, Does.Contain("kubectl --namespace kube-system logs --selector k8s-app=kube-proxy-next --all-containers --prefix --tail 500 --ignore-errors"));
    }

    [Test]
    public async Task CheckThatTakesAMoment_IsTriedAgain()
    {
        _tools.Otherwise("/proxyMode", "[ -e $here/asked ] || { touch $here/asked; exit 7; }");

        var run = await _tools.RunAsync("kind");

        Assert.That(run.ExitCode, Is.EqualTo(Fine), $"{run}");
        Assert.That(Lines(run, "passed  /proxyMode"), Is.EqualTo(new[] { "passed  /proxyMode of a worker: expected ebpf; seen ebpf (try 2)" }));
    }

    [TestCase("kind create")]
    [TestCase("kind load")]
    [TestCase("apply --kustomize")]
    [TestCase("rollout status daemonset")]
    [TestCase("docker run")]
    public async Task StepThatFails_IsNamed_AndAllIsRemoved(string step)
    {
        _tools.Otherwise(step, "echo 'it cannot be done' >&2; exit 1");

        var run = await _tools.RunAsync("kind");

        Assert.That(run.ExitCode, Is.EqualTo(Wrong));
        Assert.That(run.Errors, Does.Contain("FAILED before the checks").And.Contains(step).And.Contains("it cannot be done"));
        Assert.That(run.Output, Does.Not.Contain("passed  "));
        Assert.That(_tools.Calls.TakeLast(2), Is.EqualTo(Removal));
    }

    [Test]
    public async Task ContainerOutsideWithoutAnAddress_IsSaid()
    {
        _tools.Otherwise("docker inspect", """echo '[{"NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.2"}}}}]'; exit 0""");

        var run = await _tools.RunAsync("kind");

        Assert.That(run.Errors, Does.Contain("the container outside has no address in the network kind"));
        Assert.That(_tools.Calls.TakeLast(2), Is.EqualTo(Removal));
    }

    [Test]
    public async Task RestartThatFails_EndsTheClient_AndIsNamed()
    {
        _tools.Otherwise("rollout status daemonset/kube-proxy-next --timeout=300s", "echo 'timed out waiting' >&2; exit 1");

        var run = await _tools.RunAsync("kind", "--patience", "0");

        Assert.That(Lines(run, "FAILED"), Has.Count.EqualTo(2).And.All.Contains("the DaemonSet restarts").And.All.Contains("timed out waiting"));
        Assert.That(_tools.Calls.TakeLast(2), Is.EqualTo(Removal));
    }

    [Test]
    public async Task WhatCannotBeRemoved_IsSaid_AndKeepsNothingElseFromIt()
    {
        _tools.Otherwise("docker rm", "echo 'the daemon is gone' >&2; exit 1");

        var run = await _tools.RunAsync("kind");

        Assert.That(run.Errors, Does.Contain(Removal[0]).And.Contains("the daemon is gone"));
        Assert.That(_tools.Calls[^1], Is.EqualTo(Removal[1]));
    }

    [Test]
    public async Task Keep_LeavesTheCluster_AndSaysHowToRemoveIt()
    {
        var run = await _tools.RunAsync("kind", "--keep");

        Assert.That(run.ExitCode, Is.EqualTo(Fine), $"{run}");
        Assert.That(_tools.Calls, Has.None.AnyOf(Removal));
        Assert.That(run.Output, Does.Contain("export KUBECONFIG=").And.Contains(Removal[0]).And.Contains(Removal[1]));
    }

    [Test]
    public async Task ClusterOfThatName_IsNotTouched()
    {
        _tools.Otherwise("kind get clusters", $"echo other; echo {StandIns.Cluster}; exit 0");

        var run = await _tools.RunAsync("kind");

        Assert.That(run.ExitCode, Is.EqualTo(Wrong));
        Assert.That(run.Errors, Does.Contain($"There is a cluster {StandIns.Cluster} already").And.Contains(Removal[1]));
        Assert.That(_tools.Calls[^1], Is.EqualTo("kind get clusters"));
    }

    private static List<string> Lines(ProcessResult run, string beginning) =>
        [.. run.Output.Split('\n').Where(line => line.StartsWith(beginning, StringComparison.Ordinal))];
}
