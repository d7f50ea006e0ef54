using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>The hash table against a dictionary, in a real map.</summary>
[RequiresBpf]
public sealed class FrontendTableTests
{
    private const int Capacity = 64;
    private const int Room = 2 * Capacity;
    private const int Seed = 4711;

    [Test]
    public void RandomChanges_TableSaysWhatADictionarySays()
    {
        using var table = new TableUnderTest();
        var expected = new Dictionary<FrontendKey<Address4>, FrontendTarget>();
        var random = new Random(Seed);

        for (var step = 0; step < 20_000; step++)
        {
            var key = Key(random.Next(200));
            if (random.Next(3) == 0 || expected.Count == Room && !expected.ContainsKey(key))
            {
                table.Frontends.Remove(key);
                expected.Remove(key);
            }
            else
            {
                expected[key] = new((uint)step, (uint)random.Next());
                table.SetWithRetry(key, expected[key]);
            }

            if (random.Next(16) == 0)
            {
                table.Reclaimer.Drain();
            }

            Assert.That(table.Frontends.Find(key), Is.EqualTo(expected.TryGetValue(key, out var target) ? target : null));
        }

        Assert.That(table.Frontends.Entries().ToDictionary(), Is.EquivalentTo(expected));
        Assert.That(table.Frontends.Count, Is.EqualTo(expected.Count));
    }

    [Test]
    public void RemovedWay_BeforeTheGracePeriod_IsNotUsedAgain()
    {
        using var table = new TableUnderTest();
        table.Frontends.Set(Key(1), new(0, 1));
        table.Frontends.Remove(Key(1));
        var collides = Enumerable.Range(2, 100_000).Select(Key).First(key => HeadOf(key) == HeadOf(Key(1)));

        table.Frontends.Set(collides, new(0, 2));

        ref var bucket = ref table.Buckets[(int)HeadOf(collides)];
        Assert.That(bucket.Tag[0], Is.Zero, "its first way is still being read");
        Assert.That(bucket.Tag[1], Is.Not.Zero);
    }

    [Test]
    public void FullTable_TakesAllThatItPromises_AndNoMore()
    {
        using var table = new TableUnderTest();

        for (var i = 0; i < Room; i++)
        {
            table.Frontends.Set(Key(i), new(0, (uint)i));
        }

        Assert.That(() => table.Frontends.Set(Key(Room), default), Throws.TypeOf<MapFullException>());
        Assert.That(Enumerable.Range(0, Room).Select(i => table.Frontends.Find(Key(i))!.Value.Service),
            Is.EqualTo(Enumerable.Range(0, Room).Select(i => (uint)i)));
    }

    [Test]
    public void EmptiedChain_GivesItsOverflowBucketsBack()
    {
        using var table = new TableUnderTest();
        var chain = Enumerable.Range(0, 1_000_000).Select(Key).Where(key => HeadOf(key) == 0).Take(FrontendBucket4.Ways * 3).ToArray();

        for (var round = 0; round < 50; round++)
        {
            Array.ForEach(chain, key => table.Frontends.Set(key, default));
            Array.ForEach(chain, key => table.Frontends.Remove(key));
            table.Reclaimer.Drain();
        }

        Assert.That(table.Buckets[0].Next, Is.Zero);
    }

    private static uint HeadOf(FrontendKey<Address4> key) => (uint)FrontendHash.Of(key, Seed) & (Capacity - 1);

    private static FrontendKey<Address4> Key(int i) =>
        new(new(IpAddress.FromBytes([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), 80, Protocol.Tcp));

    private sealed class TableUnderTest : IDisposable
    {
        private readonly BpfObject _object = SockObject.Open(IpFamily.IPv4, FrontendTable<FrontendBucket4, Address4>.MapEntries(Capacity),
            new(Frontends: Capacity, Slots: 1, Sockets: 4), Seed);

        internal TableUnderTest()
        {
            _object.Load();
            Buckets = new(_object.Map("frontends"));
            Frontends = new(Buckets, Reclaimer, Capacity, Seed);
        }

        internal MappedArray<FrontendBucket4> Buckets { get; }

        internal FrontendTable<FrontendBucket4, Address4> Frontends { get; }

        internal Reclaimer Reclaimer { get; } = new(() => { });

        // As the dataplane does: what was freed lately may be enough.
        internal void SetWithRetry(FrontendKey<Address4> key, FrontendTarget target)
        {
            try
            {
                Frontends.Set(key, target);
            }
            catch (MapFullException)
            {
                Reclaimer.Drain();
                Frontends.Set(key, target);
            }
        }

        public void Dispose()
        {
            Buckets.Dispose();
            _object.Dispose();
        }
    }
}
