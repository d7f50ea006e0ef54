using KubeProxyNext.Cluster.Api.Http;
using Microsoft.AspNetCore.Http;
using static KubeProxyNext.Unit.Cluster.Api.Watching.ReflectorHarness;

namespace KubeProxyNext.Unit.Cluster.Api.Watching;

public sealed class ReflectorTests
{
    private static readonly string[] AllOfThem = ["ADDED a 1 5", "ADDED b 1 7", "BOOKMARK 10 end"];

    [Test]
    public async Task StreamingList_ReplacesOnce_ThenEventsFollowOnTheSameStream()
    {
        await using var reflector = await StartAsync(Stream([.. AllOfThem, "MODIFIED a 2 11", "DELETED b 1 12", "ADDED c 1 13", "..."]));

        await reflector.Store.UntilAsync("a=2 c=1");

        Assert.That(reflector.Store.Calls, Is.EqualTo(["=2", "+a", "-b", "+c"]));
        Assert.That(reflector.Requests, Is.EqualTo([StreamingList]));
    }

    [Test]
    public async Task StreamingList_EventsWithinIt_AreFoldedByVersion()
    {
        await using var reflector = await StartAsync(
            Stream("ADDED a 2 6", "ADDED a 1 5", "ADDED b 1 7", "DELETED b 1 8", "BOOKMARK 9", "ADDED c - 9", "BOOKMARK 10 end", "..."));

        await reflector.Store.UntilAsync("a=2");

        Assert.That(reflector.Store.Calls, Is.EqualTo(["=1"]));
    }

    [Test]
    public async Task Stream_EndsOrBreaks_ResumesFromTheLastVersion_WithoutAList([Values("", "!")] string end)
    {
        await using var reflector = await StartAsync(
            Stream([.. AllOfThem, "MODIFIED a 2 11", .. Opt(end)]),
            Stream(["BOOKMARK 20", .. Opt(end)]),
            Stream("MODIFIED b 3 21", "..."));

        await reflector.Store.UntilAsync("a=2 b=3");

        Assert.That(reflector.Requests, Is.EqualTo([StreamingList, Watch("11"), Watch("20")]));
        Assert.That(reflector.Store.Calls, Is.EqualTo(["=2", "+a", "+b"]), "nothing is removed while disconnected");
    }

    [Test]
    public async Task Silence_GrowsUntilTheServerTellsSomething_ARefusalIsNothing()
    {
        ReflectorHarness reflector = null!;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var silences = new List<double?>();
        Func<HttpContext, Task> AfterAMinute(Func<HttpContext, Task> answer) => async context =>
        {
            await started.Task;
            reflector.Time.Advance(TimeSpan.FromMinutes(1));
            silences.Add(reflector.Silence);
            await answer(context);
        };

        reflector = await StartAsync(
            AfterAMinute(Stream(AllOfThem)),
            AfterAMinute(Error(500, "InternalError")),
            AfterAMinute(Stream("BOOKMARK 20")),
            AfterAMinute(Stream("MODIFIED a 2 21")),
            AfterAMinute(Stream()));
        await using var ended = reflector;
        started.SetResult();
        await reflector.NextRequestAsync();

        Assert.That(silences, Is.EqualTo(new double?[] { 60, 60, 120, 60, 60 }));
    }

    [TestCase(410, "Expired")]
    [TestCase(410, "Gone")]
    public async Task Version_Gone_ByStatusOrByEvent_IsAListThatIsDiffed(int code, string reason)
    {
        await using var reflector = await StartAsync(
            Stream(AllOfThem),
            Error(code, reason),
            Stream("ADDED a 1 5", "ADDED c 1 30", "BOOKMARK 40 end", $"ERROR {code} {reason}"),
            Stream("ADDED c 2 50", "BOOKMARK 51 end", "..."));

        await reflector.Store.UntilAsync("c=2");

        Assert.That(reflector.Requests, Is.EqualTo([StreamingList, Watch("10"), StreamingList, StreamingList]));
        Assert.That(reflector.Store.Calls, Is.EqualTo(["=2", "=2", "=1"]));
    }

    [TestCase(400, "BadRequest")]
    [TestCase(422, "Invalid")]
    public async Task StreamingList_Refused_PagesAreTaken_NowAndLater(int code, string reason)
    {
        await using var reflector = await StartAsync(
            Error(code, reason, "sendInitialEvents: Forbidden"),
            Page("10 next", "a 1"),
            Page("10", "b 1"),
            Error(410, "Expired"),
            Page("20", "b 2"),
            Stream("ADDED c 1 21", "..."));

        await reflector.Store.UntilAsync("b=2 c=1");

        Assert.That(reflector.Requests, Is.EqualTo(
            [StreamingList, "/toys?limit=500", "/toys?limit=500&continue=next", Watch("10"), "/toys?limit=500", Watch("20")]));
    }

    [Test]
    public async Task StreamingList_WithoutItsBookmark_GivesWayToPages()
    {
        var impatient = Fast with { ListSilence = TimeSpan.FromSeconds(1) };
        await using var reflector = await StartAsync(
            impatient, "", Stream("ADDED a 1 5", "..."), Page("10", "a 1"), Stream("ADDED b 1 11", "..."));

        await reflector.Store.UntilAsync("a=1 b=1");

        Assert.That(reflector.Requests, Is.EqualTo([StreamingList, "/toys?limit=500", Watch("10")]));
        Assert.That(reflector.Store.Calls.First(), Is.EqualTo("=1"), "half a list is none");
    }

    [Test]
    public async Task StreamingList_Cut_ReplacesNothing()
    {
        await using var reflector = await StartAsync(
            Stream(AllOfThem), Error(410, "Expired"), Stream("ADDED z 1 20", "!"), Page("30", "a 1", "b 2"), Stream("..."));

        await reflector.Store.UntilAsync("a=1 b=2");

        Assert.That(reflector.Store.Calls, Is.EqualTo(["=2", "=2"]));
    }

    [TestCase(410, "Expired")]
    [TestCase(400, "BadRequest")]
    public async Task ContinueToken_Refused_StartsOverWithoutPages(int code, string reason)
    {
        await using var reflector = await StartAsync(
            Error(422, "Invalid"), Page("10 next", "a 1"), Error(code, reason), Page("12", "a 2", "b 1"));

        await reflector.Store.UntilAsync("a=2 b=1");

        Assert.That(reflector.Requests.Skip(2).Take(2), Is.EqualTo(["/toys?limit=500&continue=next", "/toys"]));
        Assert.That(await reflector.NextRequestAsync(), Is.EqualTo(Watch("12")));
    }

    [Test]
    public async Task Page_ThatStalls_IsCut_AndTakenAgain()
    {
        var impatient = Fast with { ListSilence = TimeSpan.FromSeconds(1) };
        await using var reflector = await StartAsync(
            impatient,
            "",
            Error(422, "Invalid"),
            async context =>
            {
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync("10\na");
                await NeverAsync(context);
            },
            Page("10", "a 1"),
            Stream("..."));

        await reflector.Store.UntilAsync("a=1");
    }

    [Test]
    public async Task FieldSelector_Refused_IsLeftOut_TheOthersStay()
    {
        await using var reflector = await StartAsync(
            Fast,
            "labelSelector=x&fieldSelector=spec.clusterIP!%3DNone",
            Error(400, "BadRequest", "field label not supported: spec.clusterIP"),
            Stream([.. AllOfThem, "..."]));

        await reflector.Store.UntilAsync("a=1 b=1");

        Assert.That(reflector.Requests, Is.EqualTo(
            [StreamingList.Replace("?", "?labelSelector=x&fieldSelector=spec.clusterIP!%3DNone&", StringComparison.Ordinal),
             StreamingList.Replace("?", "?labelSelector=x&", StringComparison.Ordinal)]));
    }

    [Test]
    public async Task OlderPath_IsTakenWhereTheNewerIsNotServed_AndLeftAfterAnUpgrade()
    {
        await using var reflector = await StartAsync(
            Fast,
            new ToyCodec(olderPath: "/old/toys"),
            Error(404, "NotFound"),
            Stream(AllOfThem),
            Error(404, "NotFound"),
            Stream("MODIFIED a 2 11", "..."));

        await reflector.Store.UntilAsync("a=2 b=1");

        Assert.That(reflector.Requests, Is.EqualTo([StreamingList, "/old" + StreamingList, "/old" + Watch("10"), Watch("10")]));
    }

    [Test]
    public async Task FieldSelector_OfTheName_IsNeverLeftOut()
    {
        await using var reflector = await StartAsync(
            Fast, "fieldSelector=metadata.name%3Da", Error(400, "BadRequest", "field label not supported"));

        Assert.That(await reflector.NextRequestAsync(), Does.Contain("fieldSelector=metadata.name"));
    }

    [Test]
    public async Task Events_RepeatedOrOutOfOrder_EndWithTheNewestState()
    {
        await using var reflector = await StartAsync(Stream(
            [.. AllOfThem, "ADDED a 1 5", "MODIFIED a 3 13", "MODIFIED b 2 12", "MODIFIED a 2 11", "DELETED a 1 9", "MODIFIED b 2 12", "ADDED end 1 14", "..."]));

        await reflector.Store.UntilAsync("a=3 b=2 end=1");

        Assert.That(reflector.Store.Calls, Is.EqualTo(["=2", "+a", "+b", "+end"]));
    }

    [Test]
    public async Task Event_OfAnUnusableObject_LeavesItsLastState()
    {
        await using var reflector = await StartAsync(Stream([.. AllOfThem, "MODIFIED a - 11", "ADDED c 1 12", "..."]));

        await reflector.Store.UntilAsync("a=1 b=1 c=1");
    }

    [Test]
    public async Task Event_Undecodable_IsAskedForOnceMore_ThenListed()
    {
        await using var reflector = await StartAsync(
            Stream([.. AllOfThem, "MODIFIED a 2 11", "nonsense with words"]),
            Stream("nonsense with words"),
            Stream("ADDED a 9 30", "BOOKMARK 31 end", "..."));

        await reflector.Store.UntilAsync("a=9");

        Assert.That(reflector.Requests, Is.EqualTo([StreamingList, Watch("11"), StreamingList]));
        Assert.That(reflector.Log.Lines.Count(l => l.Text.Contains("cannot be decoded", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public async Task Frame_TooLong_IsNamedWithTheLimit()
    {
        var narrow = Fast with { LongestFrame = 30 };
        await using var reflector = await StartAsync(
            narrow, "", Stream([.. AllOfThem, "ADDED " + new string('x', 40) + " 1 11"]), Stream("ADDED c 1 12", "..."));

        await reflector.Store.UntilAsync("a=1 b=1 c=1");

        Assert.That(reflector.Log.Lines.Select(l => l.Text), Has.Some.Contains("the limit is 30"));
    }

    [Test]
    public async Task Watch_Silent_IsReopened_AndTheSecondTimeListed()
    {
        var impatient = Fast with { WatchSilence = TimeSpan.FromSeconds(1) };
        await using var reflector = await StartAsync(
            impatient, "", Stream([.. AllOfThem, "..."]), Stream("..."), Stream("..."), Stream("ADDED c 1 3", "BOOKMARK 4 end", "ADDED d 1 5", "..."));

        await reflector.Store.UntilAsync("c=1 d=1");

        Assert.That(reflector.Requests, Is.EqualTo([StreamingList, Watch("10"), Watch("10"), StreamingList]), "versions may have run backwards");
    }

    [Test]
    public async Task Bookmark_FromBeforeTheList_IsListedAnew()
    {
        await using var reflector = await StartAsync(Stream([.. AllOfThem, "BOOKMARK 3"]), Stream("ADDED c 1 3", "BOOKMARK 4 end", "..."));

        await reflector.Store.UntilAsync("c=1");
    }

    [Test]
    public async Task Server_EndsEveryWatchAtOnce_IsNotBesieged()
    {
        var careful = Fast with { ShortWatch = TimeSpan.FromMinutes(1), Backoff = new BackoffOptions { First = TimeSpan.FromHours(1), Longest = TimeSpan.FromHours(1) } };
        await using var reflector = await StartAsync(careful, "", Stream(AllOfThem), Stream("ADDED c 1 11"));

        await reflector.Store.UntilAsync("a=1 b=1");

        await Assert.ThatAsync(() => reflector.NextRequestAsync(TimeSpan.FromMilliseconds(300)), Throws.TypeOf<TimeoutException>());
        Assert.That(reflector.Requests, Is.EqualTo([StreamingList]));
    }

    [Test]
    public async Task Server_InTrouble_IsSaidOncePerReason_AndRecoveryToo()
    {
        await using var reflector = await StartAsync(
            Error(401, "Unauthorized"),
            Error(401, "Unauthorized"),
            Error(403, "Forbidden"),
            Error(500, "InternalError"),
            Stream([.. AllOfThem, "..."]));

        await reflector.Store.UntilAsync("a=1 b=1");

        Assert.That(reflector.Log.Errors, Has.Count.EqualTo(3), string.Join('\n', reflector.Log.Errors));
    }

    private static string[] Opt(string end) => end.Length == 0 ? [] : [end];
}
