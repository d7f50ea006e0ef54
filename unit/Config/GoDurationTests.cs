using KubeProxyNext.Config;

namespace KubeProxyNext.Unit.Config;

public sealed class GoDurationTests
{
    [TestCase("0", 0)]
    [TestCase("0s", 0)]
    [TestCase("24h0m0s", 86_400)]
    [TestCase("1h30m", 5400)]
    [TestCase("1.5h", 5400)]
    [TestCase(".5s", 0.5)]
    [TestCase("+90s", 90)]
    [TestCase("-5s", -5)]
    [TestCase("1m500ms", 60.5)]
    [TestCase("3us", 0.000_003)]
    [TestCase("3µs", 0.000_003)]
    public void Duration(string text, double seconds)
    {
        Assert.That(GoDuration.TryParse(text, out var duration), Is.True);
        Assert.That(duration, Is.EqualTo(TimeSpan.FromSeconds(seconds)));
    }

    [TestCase("0s")]
    [TestCase("1m30s")]
    [TestCase("1h0m0s")]
    [TestCase("24h0m0s")]
    [TestCase("-5s")]
    [TestCase("1.5s")]
    [TestCase("250ms")]
    [TestCase("1.5ms")]
    [TestCase("3µs")]
    public void Duration_IsPrintedAsGoDoes(string text) =>
        Assert.That(GoDuration.TryParse(text, out var duration) ? GoDuration.Format(duration) : "", Is.EqualTo(text));

    [TestCase("")]
    [TestCase("5")]
    [TestCase("s")]
    [TestCase("5 s")]
    [TestCase("5d")]
    [TestCase("1h-5m")]
    [TestCase("1:30")]
    [TestCase("9999999h")]
    public void NoDuration(string text) => Assert.That(GoDuration.TryParse(text, out _), Is.False);
}
