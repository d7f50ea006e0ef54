using KubeProxyNext.Dataplane;

namespace KubeProxyNext.Unit.Dataplane;

public sealed class IdPoolTests
{
    [Test]
    public void Take_LowestFirst_AndReturnedOnesAgain()
    {
        var ids = new IdPool("sets", 3, "--max-frontends");

        Assert.That(new[] { ids.Take(), ids.Take() }, Is.EqualTo(new uint[] { 0, 1 }));
        ids.Return(0);
        Assert.That(new[] { ids.Take(), ids.Take() }, Is.EqualTo(new uint[] { 0, 2 }));
        Assert.That(() => ids.Take(), Throws.TypeOf<MapFullException>().With.Message.Contains("--max-frontends"));
    }

    [Test]
    public void Take_UnfitIds_StayFreeForLater()
    {
        var ids = new IdPool("backends", 3, "--max-slots");

        Assert.That(ids.Take(id => id == 2), Is.EqualTo(2));
        Assert.That(() => ids.Take(_ => false), Throws.TypeOf<MapFullException>());
        Assert.That(new[] { ids.Take(), ids.Take() }, Is.EquivalentTo(new uint[] { 0, 1 }));
    }

    [Test]
    public void Reserve_UsedIds_LeavesTheGaps()
    {
        var ids = new IdPool("sets", 5, "--max-frontends");

        ids.Reserve(new HashSet<uint> { 1, 3 });

        Assert.That(new[] { ids.Take(), ids.Take(), ids.Take() }, Is.EqualTo(new uint[] { 0, 2, 4 }));
    }
}
