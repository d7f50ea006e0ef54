using KubeProxyNext.Soak;

namespace KubeProxyNext.EndToEnd.Soak;

/// <summary>A short soak: under load and faults no connection fails, no transfer breaks, and nothing is left over. <c>make soak</c> is the long one.</summary>
internal sealed class SoakTests
{
    // With resets alone no flow has to be waited for that is remembered for two minutes.
    private static readonly SoakOptions Short = new() { Seconds = 20, Rate = 600, DatagramSockets = 40, Transfers = 40, Orderly = 0 };

    [Test]
    public async Task Faults_UnderLoad_NothingFailsAndNothingIsLeftOver()
    {
        var result = await SoakRun.RunAsync(Short with { Seed = Environment.ProcessId }, TestContext.Progress.WriteLine, CancellationToken.None);

        Assert.That(result.Failures, Is.Empty, $"SEED={Environment.ProcessId}: {string.Join('\n', result.Failures.Take(3))}\n{string.Join('\n', result.Rows)}");
    }

    [Test]
    public async Task NextDaemonDoesNotStart_WhatWasMetUntilThenIsTold()
    {
        var result = await SoakRun.RunAsync(Short with { Upgrades = 1, UpgradeTo = "/bin/false" }, TestContext.Progress.WriteLine, CancellationToken.None);

        Assert.That(result.Failures, Is.Not.Empty);
        Assert.That(result.Rows, Does.Contain(("daemon upgraded", "1")));
        Assert.That(result.Rows.Select(row => row.What), Has.Exactly(2).EqualTo("  connections"));
    }
}
