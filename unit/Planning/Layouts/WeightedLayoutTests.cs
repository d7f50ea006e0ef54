using KubeProxyNext.Planning.Layouts;

namespace KubeProxyNext.Unit.Planning.Layouts;

/// <summary>How often and where backends with weights stand in a set's slots.</summary>
public sealed class WeightedLayoutTests
{
    [TestCase("")]
    [TestCase("1")]
    [TestCase("7")]
    [TestCase("1 1 1")]
    [TestCase("5 5")]
    public void EqualWeights_NeedNoLayout(string weights) => Assert.That(WeightedLayout.Of(Given(weights).Backends.AsSpan()), Is.Empty);

    [TestCase("2 1", "0 0 1")]
    [TestCase("1 3", "1 1 0 1")]
    [TestCase("4 2 2", "0 1 0 2", Description = "reduced by what divides all of them")]
    [TestCase("65535 65535 13107", "0 1 0 1 0 1 0 1 0 1 2")]
    [TestCase("5 1 1", "0 0 0 1 0 0 2")]
    public void SmallWeights_AreExactAndSpread(string weights, string expected) =>
        Assert.That(string.Join(' ', WeightedLayout.Of(Given(weights).Backends.AsSpan())), Is.EqualTo(expected));

    [Test]
    public void LargeWeights_WithoutDivisor_AreFittedIn()
    {
        var backends = WeightedBackends.Of(65_521, 32_749, 1);

        var layout = WeightedLayout.Of(backends.Backends.AsSpan());

        Assert.That(backends.CountIn(layout), Is.EqualTo([10_923, 5_460, 1]));
    }

    [Test]
    public void MoreBackendsThanSlots_EachStandsOnce()
    {
        var backends = WeightedBackends.Of(Enumerable.Range(0, 20_000).Select(i => (ushort)(i == 0 ? 60_000 : 7)));

        var layout = WeightedLayout.Of(backends.Backends.AsSpan());

        Assert.That(backends.CountIn(layout), Is.All.EqualTo(1));
    }

    [Test]
    public void MoreBackendsThanAnIndexNames_HaveNoWeights()
    {
        var backends = WeightedBackends.Of(Enumerable.Range(0, 65_536).Select(i => (ushort)(i == 0 ? 2 : 1)));

        Assert.That(WeightedLayout.Of(backends.Backends.AsSpan()), Is.Empty);
    }

    private static WeightedBackends Given(string weights) =>
        WeightedBackends.Of(weights.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ushort.Parse));
}
