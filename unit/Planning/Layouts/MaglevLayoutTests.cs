using KubeProxyNext.Model;
using KubeProxyNext.Planning.Layouts;

namespace KubeProxyNext.Unit.Planning.Layouts;

/// <summary>Maglev tables that are special, and that every node makes the same one.</summary>
public sealed class MaglevLayoutTests
{
    private const int Size = 16_381;

    [TestCase(0, Size)]
    [TestCase(1, Size)]
    [TestCase(13, 13, Description = "a slot for each")]
    [TestCase(14, 13, Description = "more backends than slots")]
    [TestCase(65_535, 131_071, Description = "more than an index can name")]
    public void NothingToChooseOrTooManyToChooseFrom_NeedsNoTable(int count, int size) =>
        Assert.That(MaglevLayout.Of(Equal(count).Backends.AsSpan(), size), Is.Empty);

    [TestCase(2)]
    [TestCase(7)]
    [TestCase(12)]
    public void SmallTable_OfAFewBackends_IsFullAndHasEach(int count)
    {
        var backends = Equal(count);

        var layout = MaglevLayout.Of(backends.Backends.AsSpan(), 13);

        Assert.That(layout, Has.Count.EqualTo(13));
        Assert.That(backends.CountIn(layout), Is.All.InRange(1, (13 / count) + 2));
    }

    [TestCase(2)]
    [TestCase(100)]
    [TestCase(5_000)]
    public void ManyEqualBackends_HaveLikeShares(int count)
    {
        var backends = Equal(count);

        var layout = MaglevLayout.Of(backends.Backends.AsSpan(), Size);

        Assert.That(backends.CountIn(layout), Is.All.InRange(Math.Max(1, (Size / count) - 10), (Size / count) + 10));
    }

    [Test(Description = "Whoever changes this moves the clients of every table there is")]
    public void SameBackends_OnAnyNodeAndInAnyVersion_GiveTheSameTable()
    {
        ValueArray<Backend> backends =
        [
            new(IpAddress.Parse("10.244.1.5"), 8080),
            new(IpAddress.Parse("10.244.2.5"), 8080, Weight: 2),
            new(IpAddress.Parse("2001:db8::7"), 53),
        ];

        Assert.That(string.Join(' ', MaglevLayout.Of(backends.AsSpan(), 31)), Is.EqualTo("2 0 0 1 2 1 2 1 1 1 2 2 1 0 2 1 0 1 0 1 0 1 1 2 2 1 0 1 2 1 0"));
    }

    [Test]
    public void SameAddress_WithAnotherPort_IsAnotherBackend()
    {
        ValueArray<Backend> backends = [new(IpAddress.Parse("10.244.1.5"), 8080), new(IpAddress.Parse("10.244.1.5"), 9090)];

        Assert.That(MaglevLayout.Of(backends.AsSpan(), Size).Count(index => index == 0), Is.InRange(8_150, 8_230));
    }

    private static WeightedBackends Equal(int count) => WeightedBackends.Of(Enumerable.Repeat((ushort)1, count));
}
