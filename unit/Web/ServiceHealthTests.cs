using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using KubeProxyNext.Model;
using KubeProxyNext.Web.Health;
using KubeProxyNext.Web.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeProxyNext.Unit.Web;

/// <summary>Which ports are open for Services, and what they answer: behaviour 7.2.</summary>
internal sealed class ServiceHealthTests
{
    private static readonly ObjectName Web = new("shop", "web");
    private static readonly ObjectName Other = new("shop", "other");

    private readonly WaitedTime _time = new();
    private Channel<(ObjectName Service, string Note)> _failures = null!;
    private CancellationTokenSource _stopping = null!;
    private WebServer _server = null!;
    private ServiceHealth _health = null!;
    private Task _running = null!;
    private bool _isProxyHealthy;
    private ushort _port;

    [SetUp]
    public async Task Start()
    {
        _failures = Channel.CreateUnbounded<(ObjectName, string)>();
        _stopping = new();
        _isProxyHealthy = true;
        _port = FreePort();
        _server = await WebServer.StartAsync(NullLogger.Instance, default);
        _health = new(() => _isProxyHealthy, (service, note) => _failures.Writer.TryWrite((service, note)), _time, NullLogger.Instance);
        _health.SetAddresses(IpFamily.IPv4, [IpAddress.Parse("127.0.0.1")]);
        _running = _health.RunAsync(_server, _stopping.Token);
    }

    [TearDown]
    public async Task Stop()
    {
        await _stopping.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        await _server.DisposeAsync();
        _stopping.Dispose();
    }

    [TestCase(2, true, 200)]
    [TestCase(0, true, 503)]
    [TestCase(2, false, 503)]
    public async Task Answer_IsAsKubeProxyWritesIt(int count, bool isProxyHealthy, int code)
    {
        _isProxyHealthy = isProxyHealthy;
        Take(Plan(Web, _port, count));

        var answer = await SeesAsync("127.0.0.1", found => found is not null);

        Assert.That(answer!.Code, Is.EqualTo(code));
        Assert.That(answer.Body, Is.EqualTo(
            "{\n\t\"service\": {\n\t\t\"namespace\": \"shop\",\n\t\t\"name\": \"web\"\n\t},\n"
            + $"\t\"localEndpoints\": {count},\n\t\"serviceProxyHealthy\": {(isProxyHealthy ? "true" : "false")}\n}}"));
        Assert.That(answer.Headers, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["Content-Type"] = "application/json",
            ["X-Content-Type-Options"] = "nosniff",
            ["X-Load-Balancing-Endpoint-Weight"] = $"{count}",
        }));
    }

    [Test]
    public async Task OtherCount_KeepsThePortAndItsConnections()
    {
        Take(Plan(Web, _port, 1));
        await SeesAsync("127.0.0.1", found => found?.Code == 200);
        using var client = await Http.ConnectAsync(new(IPAddress.Loopback, _port));
        await SeesKeptAsync(client, "200");

        Take(Plan(Web, _port, 0));

        await SeesAsync("127.0.0.1", found => found?.Code == 503);
        await SeesKeptAsync(client, "503");
    }

    [Test]
    public async Task Service_Goes_ThePortIsClosed()
    {
        Take(Plan(Web, _port, 1));
        await SeesAsync("127.0.0.1", found => found is not null);

        Take(new ServicePlan(Web, []));

        await SeesAsync("127.0.0.1", found => found is null);
    }

    [Test]
    public async Task Port_PassesToAnotherService_InOneSync()
    {
        Take(Plan(Web, _port, 1));
        await SeesAsync("127.0.0.1", found => found is not null);

        Take(Plan(Other, _port, 1), new ServicePlan(Web, []));

        await SeesAsync("127.0.0.1", found => found?.Body.Contains("\"other\"") == true);
        Assert.That(_failures.Reader.TryRead(out _), Is.False);
    }

    [Test]
    public async Task AddressThatComes_IsListenedAtToo_AndOneThatGoesIsNot()
    {
        Take(Plan(Web, _port, 1));
        await SeesAsync("127.0.0.1", found => found is not null);

        _health.SetAddresses(IpFamily.IPv4, [IpAddress.Parse("127.0.0.2"), IpAddress.Parse("127.0.0.3")]);

        await SeesAsync("127.0.0.3", found => found is not null);
        await SeesAsync("127.0.0.2", found => found is not null);
        await SeesAsync("127.0.0.1", found => found is null);
    }

    [Test]
    public async Task OneOfTwoAddresses_IsTaken_NeitherIsHad_UntilTheNextSync()
    {
        var taken = _server.Open(new(IPAddress.Parse("127.0.0.3"), _port), _ => Answer.Text("another's"));
        _health.SetAddresses(IpFamily.IPv4, [IpAddress.Parse("127.0.0.2"), IpAddress.Parse("127.0.0.3")]);

        Take(Plan(Web, _port, 1));
        var (service, note) = await _failures.Reader.ReadAsync();
        var meanwhile = await TryAskAsync("127.0.0.2");
        taken.Dispose();
        Take();

        Assert.That(service, Is.EqualTo(Web));
        Assert.That(note, Is.EqualTo($"cannot listen at healthCheckNodePort {_port} (IPv4): Address already in use; it is tried again"));
        Assert.That(meanwhile, Is.Null);
        await SeesAsync("127.0.0.2", found => found is not null);
        await SeesAsync("127.0.0.3", found => found is not null);
    }

    [Test]
    public async Task TakenPort_NothingChanges_IsTriedAgainAfterHalfAMinute()
    {
        var taken = _server.Open(new(IPAddress.Loopback, _port), _ => Answer.Text("another's"));
        Take(Plan(Web, _port, 1));
        await _failures.Reader.ReadAsync();
        taken.Dispose();

        Assert.That(await _time.NextAsync(), Is.EqualTo(TimeSpan.FromSeconds(30)));
        _time.FireAll();

        await SeesAsync("127.0.0.1", found => found is not null);
    }

    [Test]
    public async Task Families_HaveTheirOwnCounts()
    {
        _health.SetAddresses(IpFamily.IPv6, [IpAddress.Parse("::1")]);
        var plan = new ServicePlan(Web, []) { HealthChecks = [new(IpFamily.IPv4, _port, 1), new(IpFamily.IPv6, _port, 0)] };
        Take(plan);
        _health.Take([plan], IpFamily.IPv6);

        await SeesAsync("127.0.0.1", found => found?.Code == 200);
        await SeesAsync("::1", found => found?.Code == 503);
    }

    private static ServicePlan Plan(ObjectName name, ushort port, int count) => new(name, []) { HealthChecks = [new(IpFamily.IPv4, port, count)] };

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task SeesKeptAsync(Socket client, string code)
    {
        await client.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n"u8.ToArray());
        var buffer = new byte[1000];
        Assert.That(System.Text.Encoding.UTF8.GetString(buffer, 0, await client.ReceiveAsync(buffer)), Does.StartWith($"HTTP/1.1 {code} "));
    }

    private void Take(params ServicePlan[] plans) => _health.Take(plans, IpFamily.IPv4);

    private async Task<Http.Response?> TryAskAsync(string address)
    {
        try
        {
            return await Http.AskAsync(new(IPAddress.Parse(address), _port), "/any/path");
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            // Nobody listens there, or nobody does any more.
            return null;
        }
    }

    private async Task<Http.Response?> SeesAsync(string address, Func<Http.Response?, bool> isWanted)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (true)
        {
            var found = await TryAskAsync(address);
            if (isWanted(found))
            {
                return found;
            }

            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
