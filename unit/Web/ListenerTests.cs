using System.Net;
using KubeProxyNext.Web.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeProxyNext.Unit.Web;

/// <summary>Where a server listens, and what becomes of it where it cannot: behaviour 7.1, 8.2.</summary>
internal sealed class ListenerTests
{
    private readonly WaitedTime _time = new();
    private WebServer _server = null!;

    [SetUp]
    public async Task Start() => _server = await WebServer.StartAsync(NullLogger.Instance, default);

    [TearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [TestCase("0.0.0.0")]
    [TestCase("::")]
    public async Task Wildcard_OfEitherFamily_ListensOnBoth(string wildcard)
    {
        using var stopping = new CancellationTokenSource();
        var listener = Create(new(IPAddress.Parse(wildcard), 0), isHardFail: false);
        var running = listener.RunAsync(stopping.Token);

        var port = (await listener.Open)[0].Port;
        var v4 = await Http.AskAsync(new(IPAddress.Loopback, port), "/");
        var v6 = await Http.AskAsync(new(IPAddress.IPv6Loopback, port), "/");
        await stopping.CancelAsync();

        Assert.That((v4.Code, v6.Code), Is.EqualTo((200, 200)));
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task OneAddress_IsAllThatItListensAt()
    {
        using var stopping = new CancellationTokenSource();
        var listener = Create(new(IPAddress.Parse("127.0.0.2"), 0), isHardFail: false);
        _ = listener.RunAsync(stopping.Token);

        var open = await listener.Open;
        await stopping.CancelAsync();

        Assert.That(open.Select(one => one.Address), Is.EqualTo([IPAddress.Parse("127.0.0.2")]));
    }

    [Test]
    public async Task TakenAddress_IsTriedAgainAfterFiveSeconds()
    {
        var taken = _server.Open(new(IPAddress.Loopback, 0), _ => Answer.Text("another's"));
        var address = taken.Address;
        using var stopping = new CancellationTokenSource();
        List<string> failures = [];
        var listener = Create(address, isHardFail: false, failures.Add);
        _ = listener.RunAsync(stopping.Token);

        Assert.That(await _time.NextAsync(), Is.EqualTo(TimeSpan.FromSeconds(5)));
        _time.Fire();
        Assert.That(await _time.NextAsync(), Is.EqualTo(TimeSpan.FromSeconds(5)), "still taken");
        taken.Dispose();
        _time.Fire();
        await listener.Open;

        Assert.That((await Http.AskAsync(address, "/")).Body, Is.EqualTo("ours"));
        Assert.That(failures, Is.EqualTo([$"the test server cannot listen at {address}: Address already in use"]), "said once");
        await stopping.CancelAsync();
    }

    [Test]
    public void TakenAddress_HardFail_EndsItWithAReason()
    {
        using var taken = _server.Open(new(IPAddress.Loopback, 0), _ => Answer.Text("another's"));

        List<string> failures = [];

        Assert.That(
            () => Create(taken.Address, isHardFail: true, failures.Add).RunAsync(default),
            Throws.InstanceOf<IOException>().With.Message.Contains($"the test server cannot listen at {taken.Address}: Address already in use"));
        Assert.That(failures, Has.Count.EqualTo(1));
    }

    private Listener Create(IPEndPoint address, bool isHardFail, Action<string>? onFailure = null) =>
        new(_server, "test server", address, _ => Answer.Text("ours"), isHardFail, _time, NullLogger.Instance) { OnFailure = onFailure };
}
