using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Unit.Dataplane;

namespace KubeProxyNext.Unit.Bpf;

[RequiresBpf]
public sealed class PinnedMapTests
{
    [Test]
    public void OpenedByPath_IsTheMemoryThatItsOwnerWrites()
    {
        using var pins = new TemporaryPins();
        using var owner = new FamilyDataplane<FrontendBucket4, Address4>(pins.Bpffs, new(Frontends: 8, Slots: 16));
        using var map = PinnedMap.Open(Path.Combine(Directory.GetDirectories(pins.Bpffs, "ipv4-*").Single(), "sets"));
        using var sets = new MappedArray<ulong>(map);

        owner.Maps.WriteSet(3, new SlotRange(First: 5, Count: 2), NoBackendVerdict.Reject);

        Assert.That(map.MaxEntries, Is.EqualTo(16));
        Assert.That(new SetValue(sets[3]).Range, Is.EqualTo(new SlotRange(5, 2)));
    }

    [Test]
    public void NothingPinnedThere_SaysWhatIsMissing()
    {
        var error = Assert.Throws<BpfException>(() => PinnedMap.Open("/sys/fs/bpf/kpn-unit-none"));

        Assert.That(error.Message, Does.Contain("open map /sys/fs/bpf/kpn-unit-none").And.Contain("errno 2"));
    }
}
