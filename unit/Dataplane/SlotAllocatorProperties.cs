using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using PositiveInt = FsCheck.PositiveInt;

namespace KubeProxyNext.Unit.Dataplane;

public sealed class SlotAllocatorProperties
{
    [FsCheck.NUnit.Property(Replay = "(4711,4713)")]
    public void AnySequence_RangesInUse_NeverOverlapAndNothingLeaks(PositiveInt[] steps)
    {
        const int Capacity = 64;
        var slots = new SlotAllocator(Capacity);
        var used = new List<SlotRange>();

        foreach (var step in steps.Select(step => step.Get))
        {
            if (step % 3 == 0 && used.Count > 0)
            {
                slots.Return(used[step % used.Count]);
                used.RemoveAt(step % used.Count);
            }
            else if (TryTake(slots, step % 7 + 1) is { } range)
            {
                used.Add(range);
            }

            Assert.That(used.SelectMany(range => Enumerable.Range(range.First, range.Count)), Is.Unique.And.All.InRange(0, Capacity - 1));
        }

        used.ForEach(slots.Return);
        Assert.That(slots.Take(Capacity), Is.EqualTo(new SlotRange(0, Capacity)));
    }

    private static SlotRange? TryTake(SlotAllocator slots, int count)
    {
        try
        {
            return slots.Take(count);
        }
        catch (MapFullException)
        {
            return null;
        }
    }
}
