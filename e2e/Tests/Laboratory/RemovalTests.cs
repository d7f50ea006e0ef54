using System.Diagnostics;

namespace KubeProxyNext.EndToEnd.Laboratory;

/// <summary>A laboratory leaves nothing on the machine, in whatever way it ends.</summary>
internal sealed class RemovalTests
{
    [Test]
    public async Task Dispose_ProcessesStillRunning_LeavesNothing()
    {
        var lab = await Lab.BuildAsync([new("node-a", "web")]);
        var server = await lab["web"].ServeAsync();

        await lab.DisposeAsync();

        Assert.That(Leftovers.Find(lab.Host), Does.Not.Contain(lab.Id));
        Assert.That((await server.ResultAsync(TimeSpan.FromSeconds(10))).ExitCode, Is.EqualTo(128 + (int)Signal.Kill));
    }

    [Test]
    public async Task Dispose_EverythingThatATopologyHas_LeavesNothing()
    {
        var topology = new Topology { Outside = ["client"], Pods = PodAttachment.Routed, VxlanPort = 8472, ServicesLeaveNodes = true };
        var lab = await Lab.BuildAsync([new("node-a", "web"), new("node-b")], topology);
        await lab.Outside["client"].ServeAsync();
        await lab.Router.ServeAsync();

        await lab.DisposeAsync();

        Assert.That(Leftovers.Find(lab.Host), Does.Not.Contain(lab.Id));
    }

    [Test]
    public async Task Clear_OwnerIsGone_TakesItsTracesAndNoOthers()
    {
        await using var living = await Lab.BuildAsync([new("node-a")]);
        var dead = new LabId(EndedProcess(), 1, 1);
        Directory.CreateDirectory($"{living.Host.CgroupRoot}/{dead}/node-a/host");
        Directory.CreateDirectory($"{living.Host.BpfRoot}/{dead}/node-a");
        Directory.CreateDirectory($"{Host.StateRoot}/{dead}");
        Process.Start("ip", ["netns", "add", $"{dead}-node-a"]).WaitForExit();
        Assert.That(Leftovers.Find(living.Host), Does.Contain(dead));

        await Leftovers.ClearAsync(living.Host);

        Assert.That(Leftovers.Find(living.Host), Does.Not.Contain(dead).And.Contain(living.Id));
        Assert.That(File.Exists(living.Nodes[0].Network.Path), Is.True);
    }

    [Test]
    public async Task Keep_SurvivesItsOwnerAndClearing_UntilRemoved()
    {
        var lab = await Lab.BuildAsync([new("node-a")]);
        await lab.KeepAsync();

        await lab.DisposeAsync();
        await Leftovers.ClearAsync(lab.Host);
        var kept = Leftovers.Find(lab.Host);
        await Leftovers.RemoveAsync(lab.Host, lab.Id);

        Assert.That(kept, Does.Contain(lab.Id));
        Assert.That(Leftovers.Find(lab.Host), Does.Not.Contain(lab.Id));
    }

    private static int EndedProcess()
    {
        using var process = Process.Start("true");
        process.WaitForExit();
        return process.Id;
    }
}
