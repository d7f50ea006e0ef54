using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Unit.Dataplane;

public sealed class SlotAllocatorTests
{
    [Test]
    public void Take_MoreThanThereIs_NamesTheOption()
    {
        var slots = new SlotAllocator(10);
        slots.Take(8);

        Assert.That(() => slots.Take(3), Throws.TypeOf<MapFullException>().With.Message.Contains("--max-slots"));
        Assert.That(slots.Take(2), Is.EqualTo(new SlotRange(8, 2)), "what failed took nothing");
    }

    [Test]
    public void Take_InPlaceOfAsMany_UsesTheReserve()
    {
        var slots = new SlotAllocator(10, reserve: 4);
        var old = slots.Take(10);

        Assert.That(() => slots.Take(4, replaced: 3), Throws.TypeOf<MapFullException>().With.Message.Contains("--max-slots"));
        Assert.That(slots.Take(4, replaced: 4), Is.EqualTo(new SlotRange(10, 4)));
        slots.Return(old);
        Assert.That(() => slots.Take(7), Throws.TypeOf<MapFullException>(), "10 are the most for long, wherever they are");
        Assert.That(slots.Take(6), Is.EqualTo(new SlotRange(0, 6)));
    }

    [Test]
    public void Take_InPlaceOfAsMany_SeveralInARow_UseTheReserve()
    {
        var slots = new SlotAllocator(10, reserve: 4);
        slots.Take(10);

        Assert.That(slots.Take(2, replaced: 2), Is.EqualTo(new SlotRange(10, 2)));
        Assert.That(slots.Take(2, replaced: 2), Is.EqualTo(new SlotRange(12, 2)));
        Assert.That(() => slots.Take(1, replaced: 1), Throws.TypeOf<MapFullException>().With.Message.Contains("--max-slots"), "the reserve has its end");
    }

    [Test]
    public void Return_Neighbours_BecomeOne()
    {
        var slots = new SlotAllocator(9);
        var (a, b, c) = (slots.Take(3), slots.Take(3), slots.Take(3));

        slots.Return(a);
        slots.Return(c);
        slots.Return(b);

        Assert.That(slots.Take(9), Is.EqualTo(new SlotRange(0, 9)));
    }

    [Test]
    public void Take_HoleThatFits_IsPreferred()
    {
        var slots = new SlotAllocator(100);
        var large = slots.Take(10);
        slots.Take(1);
        var small = slots.Take(2);
        slots.Take(1);

        slots.Return(large);
        slots.Return(small);

        Assert.That(slots.Take(2), Is.EqualTo(small), "the smallest that fits");
    }

    [Test]
    public void Reserve_UsedRanges_AreNotHandedOut()
    {
        var slots = new SlotAllocator(8);

        slots.Reserve([new(5, 1), new(1, 2)]);

        Assert.That(new[] { slots.Take(1), slots.Take(2), slots.Take(2) }, Is.EqualTo(new SlotRange[] { new(0, 1), new(3, 2), new(6, 2) }));
    }
}
