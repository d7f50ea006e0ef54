using System.Text;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Decoding;

namespace KubeProxyNext.Unit.Cluster.Decoding;

internal sealed class StatusReaderTests
{
    [TestCase("unauthorized", 401, "Unauthorized", "Unauthorized")]
    [TestCase("notfound", 404, "NotFound", "services \"none\" not found")]
    public void RecordedRefusal_IsRead(string name, int code, string reason, string message) => Assert.That(
        StatusReader.ReadBody(WireFormat.Json, Recording.Sequence(name, WireFormat.Json)), Is.EqualTo(new ApiStatus(code, reason, message)));

    [Test]
    public void RetryAfter_IsInTheDetails()
    {
        var body = """{"kind":"Status","code":429,"reason":"TooManyRequests","message":"slow down","details":{"retryAfterSeconds":5}}""";

        Assert.That(
            StatusReader.ReadBody(WireFormat.Json, new(Encoding.UTF8.GetBytes(body))),
            Is.EqualTo(new ApiStatus(429, "TooManyRequests", "slow down", 5)));
    }

    [TestCase(WireFormat.Json)]
    [TestCase(WireFormat.Protobuf)]
    public void SomethingElse_IsInvalid(WireFormat format) => Assert.That(
        () => StatusReader.ReadBody(format, new(Encoding.UTF8.GetBytes("<html>Bad gateway</html>"))),
        Throws.InstanceOf<InvalidDataException>());
}
