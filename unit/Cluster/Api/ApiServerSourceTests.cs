using System.Text.Json.Nodes;
using KubeProxyNext.ApiServer;
using KubeProxyNext.ApiServer.Misbehaving;
using KubeProxyNext.Cluster.Api.Http;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Unit.Cluster.Api;

public sealed class ApiServerSourceTests
{
    private static readonly Misbehaviour[] Troubles =
    [
        new Misbehaviour.Fail(429, RetryAfterSeconds: 1),
        new Misbehaviour.Fail(500),
        new Misbehaviour.Fail(503),
        new Misbehaviour.NotServed(),
        new Misbehaviour.NeverAnswer(),
        new Misbehaviour.CutAfter(0),
        new Misbehaviour.CutAfter(100),
        new Misbehaviour.StallAfter(100),
        new Misbehaviour.SlowBytes(64, TimeSpan.FromMilliseconds(1)),
        new Misbehaviour.DuplicateEvents(),
        new Misbehaviour.StaleEvents(),
        new Misbehaviour.RefuseStreamingLists(),
        new Misbehaviour.IgnoreStreamingLists(),
        new Misbehaviour.JsonOnly(),
        new Misbehaviour.RefuseProtobuf(),
    ];

    private static readonly TestCaseData[] Accidents =
    [
        Accident("CutWatches", s => s.CutWatches()),
        Accident("EndWatches", s => s.EndWatches()),
        Accident("ExpireWatches", s => s.ExpireWatches()),
        Accident("StallWatches", s => s.StallWatches()),
        Accident("StallWatchesInMidEvent", s => s.StallWatches(inMidEvent: true)),
        Accident("CloseConnections", s => s.CloseConnections()),
        Accident("Noise", s => s.SendNoise(ApiResource.Services, [1, 2, 3, 4])),
        Accident("CompactAndCut", s =>
        {
            s.Compact();
            s.CutWatches();
        }),
        Accident("Repeat", s => s.RepeatEvent("MODIFIED", ApiResource.Services, "ns/web")),
        Accident("OldEvent", s => s.SendOldEvent(
            "DELETED",
            ApiResource.Services,
            """{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"ns","resourceVersion":"1"},"spec":{"clusterIP":"10.96.0.99"}}""")),
    ];

    private SourceHarness _source = null!;

    [SetUp]
    public async Task SetUp() => _source = await SourceHarness.StartAsync();

    [TearDown]
    public async Task TearDown() => await _source.DisposeAsync();

    [Test]
    public async Task Start_TakesOneRequestPerKind_AndProtobuf()
    {
        _source.Run(new ApiClientOptions());

        await _source.UntilStartedAsync();

        Assert.That(_source.Server.Requests.All.Select(r => r.Resource), Is.EquivalentTo(ApiResource.All));
        Assert.That(_source.Server.Requests.All, Has.All.Property("IsStreamingList").True);
        Assert.That(_source.Server.Connections, Is.EqualTo(1), "HTTP/2 takes one connection for all");
        Assert.That(_source.Services.Calls, Is.EqualTo(["=1"]), "the headless one is left out by the server");
    }

    [Test]
    public async Task Trouble_AtTheStart_HealsByItself([ValueSource(nameof(Troubles))] Misbehaviour trouble)
    {
        _source.Server.Misbehave(trouble, times: trouble is Misbehaviour.Fail or Misbehaviour.NotServed or Misbehaviour.NeverAnswer ? 5 : 12);

        _source.Run();

        await _source.UntilStartedAsync();
        await ChangeEverythingAsync();
    }

    [TestCaseSource(nameof(Accidents))]
    public async Task Accident_WithAWatch_LosesNothing(Action<TestApiServer> accident)
    {
        _source.Run();
        await _source.UntilStartedAsync();

        accident(_source.Server);

        await ChangeEverythingAsync();
        Assert.That(_source.Services.Calls, Has.None.EqualTo("-web").And.None.EqualTo("=0"));
        Assert.That(_source.Log.Errors, Is.Empty);
    }

    [Test]
    public async Task ClusterIpSelector_Refused_EverythingIsWatched()
    {
        _source.Server.Misbehave(new Misbehaviour.RefuseClusterIpSelector());

        _source.Run(SourceHarness.Impatient with { WatchSilence = TimeSpan.FromMinutes(1) });

        await _source.Services.UntilAsync("headless= web=10.96.0.10");
        _source.Server.Apply(SourceHarness.Service("new", "10.96.0.12"));
        await _source.Services.UntilAsync("headless= new=10.96.0.12 web=10.96.0.10");
        Assert.That(_source.Log.Errors, Is.Empty);
    }

    [Test]
    public async Task Continue_Expired_TheListIsTakenAllTheSame()
    {
        _source.Server.Misbehave(new Misbehaviour.RefuseStreamingLists());
        _source.Server.Misbehave(new Misbehaviour.ExpireContinue());
        _source.Server.Apply(SourceHarness.Slice("web-2", "10.244.1.6"));

        _source.Run(SourceHarness.Impatient with { PageSize = 1 });

        await _source.Slices.UntilAsync("web-1=10.244.1.5 web-2=10.244.1.6");
    }

    [Test]
    public async Task Pages_TooLong_AreAskedForShorter()
    {
        _source.Server.Misbehave(new Misbehaviour.RefuseStreamingLists());
        for (var i = 2; i <= 9; i++)
        {
            _source.Server.Apply(SourceHarness.Slice($"web-{i}", $"10.244.1.{4 + i}"));
        }

        _source.Run(SourceHarness.Impatient with { PageSize = 100, LongestPage = 400 });

        await _source.Slices.UntilAsync(string.Join(' ', Enumerable.Range(1, 9).Select(i => $"web-{i}=10.244.1.{4 + i}")));
        var limits = _source.Server.Requests.All.Where(request => request.Resource == ApiResource.EndpointSlices && request.IsList).Select(request => request.Parameters["limit"]).Distinct();
        Assert.That(limits.Take(2), Is.EqualTo((string[])["100", "25"]));
        Assert.That(_source.Log.Errors, Is.Empty);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task HugeObject_KeepsItsLastGoodState_WhateverComesInBetween(bool isStreaming)
    {
        if (!isStreaming)
        {
            _source.Server.Misbehave(new Misbehaviour.RefuseStreamingLists());
        }

        _source.Run();
        await _source.UntilStartedAsync();
        _source.Server.Edit(ApiResource.Services, "ns/web", web =>
        {
            web["spec"]!["clusterIP"] = "10.96.0.66";
            web["metadata"]!["annotations"] = new JsonObject { ["note"] = new string('x', 10 << 20) };
        });
        _source.Server.Apply(SourceHarness.Service("beside", "10.96.0.12"));
        await _source.Services.UntilAsync("beside=10.96.0.12 web=10.96.0.10");

        _source.Server.Compact();
        _source.Server.ExpireWatches();
        _source.Server.Apply(SourceHarness.Service("after", "10.96.0.13"));
        await _source.Services.UntilAsync("after=10.96.0.13 beside=10.96.0.12 web=10.96.0.10");
        _source.Server.Delete(ApiResource.Services, "ns/web");

        await _source.Services.UntilAsync("after=10.96.0.13 beside=10.96.0.12");
    }

    [Test]
    public async Task Server_ComesAndGoes_LosesNothing()
    {
        _source.Run();
        await _source.UntilStartedAsync();

        for (var i = 0; i < 5; i++)
        {
            await _source.Server.StopListeningAsync();
            await _source.Server.ListenAsync();
        }

        await ChangeEverythingAsync();
        Assert.That(_source.Services.Calls, Has.None.EqualTo("-web").And.None.EqualTo("=0"));
    }

    [Test]
    public async Task Server_Restarted_KeepsEverything_AndIsSaid()
    {
        _source.Run();
        await _source.UntilStartedAsync();

        await _source.Server.StopListeningAsync();
        await _source.Log.FirstErrorAsync();
        Assert.That(_source.Services.Content, Is.EqualTo("web=10.96.0.10"));
        await _source.Server.ListenAsync();

        await ChangeEverythingAsync();
        Assert.That(_source.Log.Errors, Has.Count.EqualTo(1), "all kinds have one trouble");
        Assert.That(_source.Log.Errors.Single(), Does.Contain("cannot be reached (Connection refused)"));
    }

    [Test]
    public async Task Token_Revoked_IsSaid_AndTheNextOneInTheFileIsTaken()
    {
        _source.Server.AddToken("first", "proxy");
        _source.Server.AddToken("second", "proxy");
        var path = _source.Write("token", "first");
        _source.Run(kubeConfig: _source.Server.KubeConfig(token: "first").Replace("token: first", $"tokenFile: {path}", StringComparison.Ordinal));
        await _source.UntilStartedAsync();

        _source.Server.RevokeToken("first");
        _source.Server.CloseConnections();
        await _source.Log.FirstErrorAsync();
        _source.Write("token", "second");

        await ChangeEverythingAsync();
        Assert.That(_source.Log.Errors.Single(), Does.Contain("does not accept the credentials of context \"test\""));
    }

    [Test]
    public async Task Right_Missing_IsSaid_AndConcernsThatKindAlone()
    {
        _source.Server.Deny("admin", ApiResource.EndpointSlices);

        _source.Run();
        await _source.Services.UntilAsync("web=10.96.0.10");
        await _source.Log.FirstErrorAsync();
        Assert.That(_source.Log.Errors.Single(), Does.Contain("see endpointslices").And.Contain("ClusterRole"));
        _source.Server.Permit("admin", ApiResource.EndpointSlices);

        await _source.UntilStartedAsync();
    }

    [Test]
    public async Task ClientCertificate_IsTakenForWhoWeAre()
    {
        _source.Run(kubeConfig: _source.Server.KubeConfig(_source.Server.IssueClientCertificate("proxy")));

        await _source.UntilStartedAsync();
    }

    [Test]
    public async Task ServiceCidrs_NotServed_AreNone_AndSaidOnce_UntilTheyAre()
    {
        var trouble = _source.Server.Misbehave(new Misbehaviour.NotServed(), ApiResource.ServiceCidrs);

        _source.Run();
        await _source.ServiceCidrs.UntilCallsAsync(3);
        await ChangeEverythingAsync();
        trouble.Dispose();
        await _source.ServiceCidrs.UntilAsync("kubernetes=10.96.0.0/12");

        Assert.That(LinesAbout("The API server has no servicecidrs"), Is.EqualTo([LogLevel.Information]));
        Assert.That(_source.Log.Errors, Is.Empty);
    }

    [Test]
    public async Task ServiceCidrs_NotServedAnyMore_AreNone()
    {
        _source.Run();
        await _source.UntilStartedAsync();

        _source.Server.Misbehave(new Misbehaviour.NotServed(), ApiResource.ServiceCidrs);
        _source.Server.EndWatches(ApiResource.ServiceCidrs);

        await _source.ServiceCidrs.UntilAsync("");
        Assert.That(LinesAbout("The API server has no servicecidrs"), Has.Length.EqualTo(1));
        Assert.That(_source.Services.Content, Is.EqualTo("web=10.96.0.10"));
    }

    [Test]
    public async Task ServiceCidrs_ForbiddenFromTheStart_AreNone_AndNotWaitedFor()
    {
        _source.Server.Deny("admin", ApiResource.ServiceCidrs);

        _source.Run();
        await _source.ServiceCidrs.UntilCallsAsync(1);

        Assert.That(_source.ServiceCidrs.Calls.First(), Is.EqualTo("=0"));
    }

    [Test]
    public async Task ServiceCidrs_Forbidden_KeepsThoseKnown_AndIsSaidOnce()
    {
        _source.Run();
        await _source.UntilStartedAsync();

        var before = _source.Server.Requests.All.Count;
        _source.Server.Deny("admin", ApiResource.ServiceCidrs);
        _source.Server.EndWatches(ApiResource.ServiceCidrs);
        for (var i = 0; i < 3; i++)
        {
            before = (await NextRequestAsync(before)).Number;
        }

        Assert.That(_source.ServiceCidrs.Content, Is.EqualTo("kubernetes=10.96.0.0/12"));
        Assert.That(LinesAbout("see servicecidrs"), Is.EqualTo([LogLevel.Warning]));
        await ChangeEverythingAsync();
        _source.Server.Apply("{apiVersion: networking.k8s.io/v1, kind: ServiceCIDR, metadata: {name: kubernetes}, spec: {cidrs: [10.112.0.0/12]}}");
        _source.Server.Permit("admin", ApiResource.ServiceCidrs);
        await _source.ServiceCidrs.UntilAsync("kubernetes=10.112.0.0/12");
        Assert.That(_source.Log.Errors, Is.Empty);
    }

    private static TestCaseData Accident(string name, Action<TestApiServer> what) => new TestCaseData(what).SetArgDisplayNames(name);

    private LogLevel[] LinesAbout(string text) =>
        [.. _source.Log.Lines.Where(line => line.Text.Contains(text, StringComparison.Ordinal)).Select(line => line.Level)];

    private async Task<LoggedRequest> NextRequestAsync(int after)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await _source.Server.Requests.WaitForAsync(request => request.Resource == ApiResource.ServiceCidrs, after, patience.Token);
    }

    private async Task ChangeEverythingAsync()
    {
        _source.Server.Apply(SourceHarness.Service("web", "10.96.0.11") + "---\n" + SourceHarness.Service("new", "10.96.0.12"));
        _source.Server.Delete(ApiResource.EndpointSlices, "ns/web-1");
        _source.Server.Apply(SourceHarness.Slice("web-2", "10.244.1.7"));

        await _source.Services.UntilAsync("new=10.96.0.12 web=10.96.0.11");
        await _source.Slices.UntilAsync("web-2=10.244.1.7");
    }
}
