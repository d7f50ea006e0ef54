namespace KubeProxyNext.Unit.ClusterChecks;

/// <summary>What is not there is said before anything is made, with where to get it.</summary>
internal sealed class RequirementTests
{
    private const int BadUsage = 2, Missing = 3;

    [TestCase("kind", "docker", "https://docs.docker.com/engine/install/")]
    [TestCase("kind", "kind", "https://kind.sigs.k8s.io/docs/user/quick-start/#installation")]
    [TestCase("k3d", "k3d", "https://k3d.io/stable/#installation")]
    [TestCase("kind", "kubectl", "https://kubernetes.io/docs/tasks/tools/")]
    public async Task MissingTool_IsNamed_WithWhereToGetIt(string tool, string program, string from)
    {
        using var tools = new StandIns(tool, isDualStack: false);
        tools.Remove(program);

        var run = await tools.RunAsync(tool);

        Assert.That(run.ExitCode, Is.EqualTo(Missing));
        Assert.That(run.Errors, Is.EqualTo($"{program} is missing; get it: {from}"));
        Assert.That(tools.Calls, Is.Empty);
    }

    [Test]
    public async Task AllThatIsMissing_IsNamedAtOnce()
    {
        using var tools = new StandIns("kind", isDualStack: false);
        tools.Remove("docker");
        tools.Remove("kubectl");

        var run = await tools.RunAsync("kind");

        Assert.That(run.Errors, Does.Contain("docker is missing").And.Contains("kubectl is missing"));
    }

    [Test]
    public async Task DockerWithoutItsDaemon_IsMissingToo()
    {
        using var tools = new StandIns("kind", isDualStack: false);
        tools.Otherwise("docker version", "echo 'Cannot connect to the Docker daemon' >&2; exit 1");

        var run = await tools.RunAsync("kind");

        Assert.That(run.ExitCode, Is.EqualTo(Missing));
        Assert.That(run.Errors, Does.Contain("its daemon does not answer").And.Contains("Cannot connect to the Docker daemon"));
        Assert.That(tools.Calls, Has.Count.EqualTo(1));
    }

    [TestCase("minikube")]
    [TestCase("kind", "--ip-family", "ipv6")]
    [TestCase("kind", "--kep")]
    public async Task BadUsage_IsSaid(params string[] arguments)
    {
        using var tools = new StandIns("kind", isDualStack: false);

        var run = await tools.RunAsync(arguments);

        Assert.That(run.ExitCode, Is.EqualTo(BadUsage));
        Assert.That(run.Errors, Does.Contain(arguments[^1]));
        Assert.That(tools.Calls, Is.Empty);
    }
}
