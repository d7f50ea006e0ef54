using FsCheck.NUnit;
using KubeProxyNext.Model;
using KubeProxyNext.Planning.Layouts;
using Property = FsCheck.NUnit.PropertyAttribute;

namespace KubeProxyNext.Unit.Planning.Layouts;

/// <summary>What holds for 2 to 200 backends, whatever their weights.</summary>
[Properties(Arbitrary = [typeof(WeightedBackends)], MaxTest = 200, Replay = Seed, QuietOnSuccess = true)]
public sealed class LayoutProperties
{
    private const string Seed = "(5125364720934817263,1442695040888963407)";
    private const int MaglevSize = 16_381;

    [Property]
    public void WeightedShare_IsWithinOnePercentOfAllSlots(WeightedBackends backends)
    {
        var layout = WeightedLayout.Of(backends.Backends.AsSpan());

        AssertShares(backends, Used(layout, backends), tolerance: 0.01);
    }

    [Property]
    public void WeightsThatFit_AreExact(WeightedBackends backends)
    {
        var layout = WeightedLayout.Of(backends.Backends.AsSpan());

        if (backends.Sum <= WeightedLayout.MaxSlots)
        {
            AssertShares(backends, Used(layout, backends), tolerance: 1e-9);
        }
    }

    [Property]
    public void WeightedSlots_FromTheFirstToAny_AreSharedAsAllAre(WeightedBackends backends)
    {
        var layout = WeightedLayout.Of(backends.Backends.AsSpan());
        var total = backends.CountIn(layout);
        var soFar = new int[backends.Count];

        for (var slot = 0; slot < layout.Count; slot++)
        {
            var share = (double)total[layout[slot]] / layout.Count;
            Assert.That(soFar[layout[slot]], Is.GreaterThan((slot * share) - 1 - 1e-9), $"before slot {slot}");
            soFar[layout[slot]]++;
            Assert.That(soFar[layout[slot]], Is.LessThan(((slot + 1) * share) + 1 + 1e-9), $"after slot {slot}");
        }
    }

    [Property(MaxTest = 60)]
    public void MaglevShare_IsWithinOnePercentOfAllSlots(WeightedBackends backends) =>
        AssertShares(backends, MaglevLayout.Of(backends.Backends.AsSpan(), MaglevSize), tolerance: 0.01);

    [Property(MaxTest = 60)]
    public void MaglevTable_IsFullAndHasEachBackend(WeightedBackends backends)
    {
        var layout = MaglevLayout.Of(backends.Backends.AsSpan(), MaglevSize);

        Assert.That(layout, Has.Count.EqualTo(MaglevSize));
        Assert.That(backends.CountIn(layout), Is.All.Positive);
    }

    [Property(MaxTest = 100)]
    public void BackendRemovedFromMaglev_MovesItsShareAndOnePercentAtMost(WeightedBackends backends, byte which)
    {
        var removed = which % backends.Count;
        var before = MaglevLayout.Of(backends.Backends.AsSpan(), MaglevSize);
        var fewer = backends.Without(removed);
        var after = MaglevLayout.Of(fewer.Backends.AsSpan(), MaglevSize);

        // One backend alone needs no table.
        var moved = Enumerable.Range(0, MaglevSize).Count(
            slot => before[slot] != removed && backends.Backends[before[slot]] != fewer.Backends[after.IsEmpty ? 0 : after[slot]]);

        Assert.That(moved, Is.LessThanOrEqualTo(MaglevSize / 100));
    }

    [Property(MaxTest = 60)]
    public void MaglevTable_DoesNotDependOnTheOrderOfBackends(WeightedBackends backends)
    {
        var backwards = new WeightedBackends([.. backends.Backends.Reverse()]);

        var layout = MaglevLayout.Of(backends.Backends.AsSpan(), MaglevSize);
        var other = MaglevLayout.Of(backwards.Backends.AsSpan(), MaglevSize);

        Assert.That(other.Select(index => backwards.Backends[index]), Is.EqualTo(layout.Select(index => backends.Backends[index])));
    }

    private static ValueArray<ushort> Used(ValueArray<ushort> layout, WeightedBackends backends) =>
        layout.IsEmpty ? [.. Enumerable.Range(0, backends.Count).Select(i => (ushort)i)] : layout;

    private static void AssertShares(WeightedBackends backends, ValueArray<ushort> layout, double tolerance)
    {
        var counts = backends.CountIn(layout);
        for (var i = 0; i < backends.Count; i++)
        {
            var due = (double)backends.Backends[i].Weight / backends.Sum;
            Assert.That((double)counts[i] / layout.Count, Is.EqualTo(due).Within(tolerance), $"{backends.Backends[i]}");
        }
    }
}
