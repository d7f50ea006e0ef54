using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Unit.ClusterChecks;

/// <summary>A run that is interrupted, wherever it is, ends what it runs and removes what it made.</summary>
internal sealed class InterruptionTests
{
    private const int Interrupted = 130;

    private StandIns _tools = null!;

    [SetUp]
    public void PutToolsInPlace() => _tools = new("kind", isDualStack: true);

    [TearDown]
    public void RemoveTools() => _tools.Dispose();

    [TestCase("kind create", "kind", Signal.Interrupt)]
    [TestCase("kind create", "kind", Signal.Terminate)]
    [TestCase("wait --for condition=Ready pods", "kubectl", Signal.Terminate)]
    [TestCase("/proxyMode", "kubectl", Signal.Interrupt)]
    [TestCase("rollout status daemonset/kube-proxy-next --timeout=300s", "kubectl", Signal.Interrupt)]
    public async Task Signal_EndsTheCommand_AndAllIsRemoved(string call, string program, Signal signal)
    {
        _tools.Otherwise(call, "hang");
        await using var run = _tools.Start("kind");
        await _tools.WaitForAsync($"{program} hangs");

        run.Signal(signal);
        var end = await run.ResultAsync(StandIns.Patience);

        Assert.That(end.ExitCode, Is.EqualTo(Interrupted), $"{end}");
        Assert.That(end.Errors, Does.Contain("Interrupted; everything is removed."));
        Assert.That(_tools.Calls, Does.Contain($"{program} was ended"));
        Assert.That(_tools.Calls[^2], Does.StartWith("docker rm --force"));
        Assert.That(_tools.Calls[^1], Does.StartWith("kind delete cluster --name kpn-test"));
    }

    [Test]
    public async Task CtrlC_WhichAllOfATerminalGet_IsForTheRunToActOn()
    {
        _tools.Otherwise("kind create", "hang");
        await using var run = _tools.Start("kind");
        await _tools.WaitForAsync("kind hangs");

        await using var kill = LabProcess.Start("kill", ["-INT", "--", $"-{run.Id}"]);
        var end = await run.ResultAsync(StandIns.Patience);

        Assert.That(end.ExitCode, Is.EqualTo(Interrupted), $"{end}");
        Assert.That(_tools.Calls, Does.Contain("kind was ended").And.Not.Contains("kind was interrupted"));
    }

    [Test]
    public async Task SignalWhileTheImageIsBuilt_LeavesNothingToRemove()
    {
        _tools.Otherwise("make image", "hang");
        await using var run = _tools.Start("kind");
        await _tools.WaitForAsync("make hangs");

        run.Signal(Signal.Interrupt);
        var end = await run.ResultAsync(StandIns.Patience);

        Assert.That(end.ExitCode, Is.EqualTo(Interrupted), $"{end}");
        Assert.That(_tools.Calls[^1], Is.EqualTo("make was ended"));
    }

    [Test]
    public async Task SecondSignal_DoesNotStopTheRemoval()
    {
        _tools.Otherwise("/proxyMode", "hang");
        const string untilToldTo = """while [ ! -e "$here/go-on" ]; do sleep 0.02; done""";
        _tools.Otherwise("kind delete", $"""echo 'removal began' >>"$here/calls"; {untilToldTo}; echo 'removal is done' >>"$here/calls"; exit 0""");
        await using var run = _tools.Start("kind");
        await _tools.WaitForAsync("kubectl hangs");
        run.Signal(Signal.Interrupt);
        await _tools.WaitForAsync("removal began");

        run.Signal(Signal.Interrupt);
        _tools.Touch("go-on");
        var end = await run.ResultAsync(StandIns.Patience);

        Assert.That(end.ExitCode, Is.EqualTo(Interrupted), $"{end}");
        Assert.That(_tools.Calls[^1], Is.EqualTo("removal is done"));
    }

    [Test]
    public async Task Keep_HoldsForWhatIsInterrupted()
    {
        _tools.Otherwise("/proxyMode", "hang");
        await using var run = _tools.Start("kind", "--keep");
        await _tools.WaitForAsync("kubectl hangs");

        run.Signal(Signal.Interrupt);
        var end = await run.ResultAsync(StandIns.Patience);

        Assert.That(end.ExitCode, Is.EqualTo(Interrupted), $"{end}");
        Assert.That(end.Output, Does.Contain("The cluster stays."));
        Assert.That(_tools.Calls, Has.None.StartsWith("kind delete"));
    }
}
