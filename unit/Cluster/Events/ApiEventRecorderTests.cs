using System.Text.Json.Nodes;
using KubeProxyNext.ApiServer;
using KubeProxyNext.ApiServer.Misbehaving;
using KubeProxyNext.Cluster.Events;
using KubeProxyNext.Unit.Cluster.Api;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Unit.Cluster.Events;

[CancelAfter(30_000)]
internal sealed class ApiEventRecorderTests
{
    private RecorderHarness _events = null!;

    [SetUp]
    public async Task SetUp() => _events = await RecorderHarness.StartAsync();

    [TearDown]
    public async Task TearDown() => await _events.DisposeAsync();

    [Test]
    public async Task Warning_IsPostedToTheNamespaceOfItsService()
    {
        var time = new ManualTime();
        time.Advance(TimeSpan.FromTicks(1_234_567));
        await _events.RestartAsync(time);
        var uid = Guid.Parse("d4b5b4f3-eed7-4c60-bc4d-5ece0c687c1f");
        _events.Run();

        _events.Recorder.Warn(new("shop", "web"), uid, "UnknownAlgorithm", "PlanService", "the algorithm 'fancy' is not known");

        var posted = await _events.PostedAsync("the algorithm 'fancy' is not known");
        Assert.That(posted.Key, Is.EqualTo("shop/web.18867251f555ccbc"));
        var expected = """
            {
              "apiVersion": "events.k8s.io/v1", "kind": "Event",
              "metadata": {"name": "web.18867251f555ccbc", "namespace": "shop"},
              "eventTime": "2026-01-01T00:00:00.123456Z",
              "reportingController": "kube-proxy-next", "reportingInstance": "node-a",
              "action": "PlanService", "reason": "UnknownAlgorithm", "type": "Warning",
              "regarding": {
                "apiVersion": "v1", "kind": "Service", "namespace": "shop", "name": "web", "uid": "d4b5b4f3-eed7-4c60-bc4d-5ece0c687c1f"
              },
              "note": "the algorithm 'fancy' is not known"
            }
            """;
        Assert.That(JsonNode.DeepEquals(posted.Body, JsonNode.Parse(expected)), $"{posted.Body}");
    }

    [Test]
    public async Task WarningOfANode_IsPostedToTheFirstNamespace()
    {
        _events.Run();

        _events.Recorder.Warn(new("", "node-a"), Guid.Empty, "KubeProxyRulesFound", "TakeOver", "rules");

        var posted = await _events.PostedAsync("rules");
        Assert.That(posted.Key, Does.StartWith("default/node-a."));
        Assert.That(posted.Body["regarding"]!.ToJsonString(), Is.EqualTo("""{"apiVersion":"v1","kind":"Node","name":"node-a"}"""));
    }

    [Test]
    public async Task WhatHappenedToANode_IsNoWarning()
    {
        _events.Run();

        _events.Recorder.Tell(new("", "node-a"), "Starting", "StartKubeProxy", "it starts");

        var posted = await _events.PostedAsync("it starts");
        Assert.That((string?)posted.Body["type"], Is.EqualTo("Normal"));
        Assert.That((string?)posted.Body["regarding"]!["kind"], Is.EqualTo("Node"));
    }

    [Test]
    public async Task Flush_CompletesWhenAllIsPosted()
    {
        _events.Warn("a");
        _events.Warn("b");
        var flushing = _events.Recorder.FlushAsync(TestContext.CurrentContext.CancellationToken);
        Assert.That(flushing.IsCompleted, Is.False);

        _events.Run();
        await flushing;

        Assert.That(_events.Notes, Is.EqualTo(["a", "b"]));
    }

    [Test]
    public async Task Uid_ThatIsNotKnown_IsNotPosted()
    {
        _events.Run();

        _events.Warn("a");

        Assert.That((await _events.PostedAsync("a")).Body["regarding"]!.AsObject().ContainsKey("uid"), Is.False);
    }

    [Test]
    public async Task Repeat_IsPostedAgainAfterTenMinutesOnly()
    {
        var time = new ManualTime();
        await _events.RestartAsync(time);
        _events.Run();

        _events.Warn("a");
        time.Advance(TimeSpan.FromMinutes(9.9));
        _events.Warn("a");
        _events.Warn("a", service: "other");
        _events.Warn("a", reason: "Other");
        time.Advance(TimeSpan.FromMinutes(0.2));
        _events.Warn("a");
        _events.Warn("end");
        await _events.PostedAsync("end");

        Assert.That(
            _events.Server.Events.All.Select(posted => $"{posted.Body["regarding"]!["name"]} {posted.Body["reason"]}"),
            Is.EqualTo(["web UnknownAlgorithm", "other UnknownAlgorithm", "web Other", "web UnknownAlgorithm", "web UnknownAlgorithm"]));
    }

    [Test]
    public async Task EventsOfOneMoment_HaveDifferentNames()
    {
        await _events.RestartAsync(new ManualTime());
        _events.Run();

        _events.Warn("a");
        _events.Warn("b");

        Assert.That((await _events.PostedAsync("a")).Key, Is.Not.EqualTo((await _events.PostedAsync("b")).Key));
    }

    [Test]
    public async Task TooLongTexts_AreCutToWhatTheServerTakes()
    {
        _events.Run();

        _events.Warn("1" + new string('é', 1000), reason: new string('r', 200));

        var cut = await _events.PostedAsync("1" + new string('é', 511));
        Assert.That((string?)cut.Body["reason"], Has.Length.EqualTo(128));
    }

    [Test]
    public async Task BrokenText_IsPostedAllTheSame()
    {
        _events.Run();

        _events.Warn("\ud800 \"quoted\"\n\0");

        await _events.PostedAsync("\ufffd \"quoted\"\n\0");
    }

    [Test]
    public async Task Right_Missing_IsSaidOnce_AndTheNextEventIsTriedAllTheSame()
    {
        _events.Server.Deny("admin", ApiResource.Events);
        _events.Run();

        _events.Warn("a");
        _events.Warn("b");
        await NextRequestAsync(after: 1);
        _events.Server.Permit("admin", ApiResource.Events);
        _events.Warn("c");
        _events.Warn("d");

        await _events.PostedAsync("d");
        var warning = _events.Log.Lines.Single(line => line.Level == LogLevel.Warning).Text;
        Assert.That(warning, Does.Contain("create on events of events.k8s.io").And.Contain("cannot create resource \"events\""));
        Assert.That(_events.Notes, Has.None.EqualTo("a"));
        Assert.That(_events.Dropped, Has.All.EqualTo("forbidden").And.Not.Empty);
    }

    [TestCase(500)]
    [TestCase(503)]
    [TestCase(429)]
    public async Task Server_InTrouble_IsTriedAgain(int code)
    {
        _events.Server.Misbehave(new Misbehaviour.Fail(code), ApiResource.Events, times: 3);
        _events.Run();

        _events.Warn("a");

        await _events.PostedAsync("a");
        Assert.That(_events.Log.Lines, Is.Empty);
    }

    [Test]
    public async Task Server_InLongTrouble_CostsTheEventAlone()
    {
        var trouble = _events.Server.Misbehave(new Misbehaviour.Fail(500), ApiResource.Events, times: 5);
        _events.Run();

        _events.Warn("a");
        _events.Warn("b");

        await _events.PostedAsync("b");
        Assert.That(_events.Notes, Is.EqualTo(["b"]));
        Assert.That(_events.Dropped, Is.EqualTo(["refused"]));
        trouble.Dispose();
    }

    [Test]
    public async Task EventThatIsThereAlready_AsWhenAnAnswerWasLost_IsNoTrouble()
    {
        await _events.RestartAsync(new ManualTime());
        _events.Run();
        _events.Warn("a");
        await _events.PostedAsync("a");

        await _events.RestartAsync(new ManualTime());
        _events.Run();
        _events.Warn("a");
        _events.Warn("b");

        await _events.PostedAsync("b");
        Assert.That(_events.Notes, Is.EqualTo(["a", "b"]));
        Assert.That((_events.Log.Lines.Count, _events.Dropped.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task FullQueue_IsCountedAndSaidOnce_AndWhatItCostIsNotRemembered()
    {
        for (var i = 0; i < ApiEventRecorder.Capacity + 3; i++)
        {
            _events.Warn($"{i}");
        }

        Assert.That(_events.Dropped, Is.EqualTo(["full", "full", "full"]));
        Assert.That(_events.Log.Lines.Count(line => line.Level == LogLevel.Warning), Is.EqualTo(1));
        _events.Run();
        await _events.PostedAsync($"{ApiEventRecorder.Capacity - 1}");
        _events.Warn($"{ApiEventRecorder.Capacity}");
        await _events.PostedAsync($"{ApiEventRecorder.Capacity}");
    }

    private Task<LoggedRequest> NextRequestAsync(int after) => _events.Server.Requests.WaitForAsync(
        request => request.Resource == ApiResource.Events, after, TestContext.CurrentContext.CancellationToken);
}
