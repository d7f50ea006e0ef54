using System.Net;
using System.Net.Sockets;
using System.Text;
using KubeProxyNext.Web.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeProxyNext.Unit.Web;

/// <summary>Ports come and go, and whoever misbehaves keeps nobody else from being answered.</summary>
internal sealed class WebServerTests
{
    private const int ManyIdle = 1000;

    private WebServer _server = null!;

    [SetUp]
    public async Task Start() => _server = await WebServer.StartAsync(NullLogger.Instance, default);

    [TearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [Test]
    public async Task Ports_EachAnswerForTheirSite()
    {
        using var one = OpenPort("one");
        using var two = OpenPort("two");

        Assert.That((await Http.AskAsync(one.Address, "/")).Body, Is.EqualTo("one"));
        Assert.That((await Http.AskAsync(two.Address, "/")).Body, Is.EqualTo("two"));
    }

    [Test]
    public async Task ClosedPort_EndsItsConnections_AndCanBeOpenedAgain()
    {
        var port = OpenPort("before");
        var address = port.Address;
        using var client = await Http.ConnectAsync(address);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n"u8.ToArray());
        Assert.That(await client.ReceiveAsync(new byte[1000]), Is.Positive);

        port.Dispose();
        var end = await ReceiveEndAsync(client);
        using var again = _server.Open(address, _ => Answer.Text("after"));

        Assert.That(end, Is.Zero);
        Assert.That((await Http.AskAsync(address, "/")).Body, Is.EqualTo("after"));
    }

    [Test]
    public void TakenAddress_IsRefused()
    {
        using var taken = OpenPort("first");

        Assert.That(
            () => _server.Open(taken.Address, _ => Answer.Text("second")),
            Throws.InstanceOf<SocketException>().With.Property("SocketErrorCode").EqualTo(SocketError.AddressAlreadyInUse));
    }

    [Test]
    public async Task ThousandIdleConnections_AProbeIsAnswered()
    {
        using var port = OpenPort("fine");
        var idle = new List<Socket>();
        for (var i = 0; i < ManyIdle; i++)
        {
            idle.Add(await Http.ConnectAsync(port.Address));
        }

        var answer = await Http.AskAsync(port.Address, "/");
        idle.ForEach(client => client.Dispose());

        Assert.That(answer.Body, Is.EqualTo("fine"));
    }

    [Test]
    public async Task MoreConnectionsThanThereMayBe_TheOldestGivesWay()
    {
        using var port = OpenPort("fine");
        using var oldest = await Http.ConnectAsync(port.Address);
        var idle = new List<Socket>();
        for (var i = 0; i < Port.Capacity; i++)
        {
            idle.Add(await Http.ConnectAsync(port.Address));
        }

        var end = await ReceiveEndAsync(oldest);
        var answer = await Http.AskAsync(port.Address, "/");
        idle.ForEach(client => client.Dispose());

        Assert.That(end, Is.Zero);
        Assert.That(answer.Body, Is.EqualTo("fine"));
    }

    [TestCase("garbage\r\n\r\n")]
    [TestCase("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a hello of TLS\r\n\r\n")]
    [TestCase("GET / HTTP/9.9\r\n\r\n")]
    [TestCase("GET / HTTP/1.1\r\nHost\r\n\r\n")]
    [TestCase("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    public async Task Garbage_EndsItsConnectionAlone(string text)
    {
        using var port = OpenPort("fine");
        using var other = await Http.ConnectAsync(port.Address);

        var answer = await Http.ExchangeAsync(port.Address, text);
        await other.SendAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray());
        var buffer = new byte[1000];
        var fine = Encoding.UTF8.GetString(buffer, 0, await other.ReceiveAsync(buffer));

        Assert.That(answer, Does.Not.Contain("fine"));
        Assert.That(fine, Does.StartWith("HTTP/1.1 200 "));
    }

    [Test]
    public async Task HeadersWithoutEnd_AreRefused()
    {
        using var port = OpenPort("fine");

        var answer = await Http.ExchangeAsync(port.Address, $"GET / HTTP/1.1\r\nHost: test\r\nX: {new string('x', 32 * 1024)}");

        Assert.That(answer, Does.StartWith("HTTP/1.1 431 "));
    }

    [Test]
    public async Task BodyOfARequest_IsOfNoInterest()
    {
        using var port = OpenPort("fine");

        var answer = await Http.ExchangeAsync(
            port.Address, "POST / HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello");

        Assert.That(answer, Does.StartWith("HTTP/1.1 200 ").And.EndsWith("fine"));
    }

    [Test]
    public async Task SiteThatFails_IsOneFailedAnswer()
    {
        using var port = _server.Open(new(IPAddress.Loopback, 0), request => request.Path == "/bad"
            ? throw new InvalidOperationException("as the test wants it")
            : Answer.Text("fine"));

        Assert.That((await Http.AskAsync(port.Address, "/bad")).Code, Is.EqualTo(500));
        Assert.That((await Http.AskAsync(port.Address, "/")).Code, Is.EqualTo(200));
    }

    private static async Task<int> ReceiveEndAsync(Socket client)
    {
        try
        {
            return await client.ReceiveAsync(new byte[1]);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private Port OpenPort(string answer) => _server.Open(new(IPAddress.Loopback, 0), _ => Answer.Text(answer));
}
