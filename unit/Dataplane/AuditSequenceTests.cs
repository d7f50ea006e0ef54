using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>The frontends are flushed at any time, also while buckets that were in use until lately wait for programs that still read them.</summary>
[RequiresBpf]
public sealed class AuditSequenceTests : AuditFixture
{
    private const int Seed = 4711, Rounds = 3000, Addresses = 32;

    [Test]
    public void FrontendsFlushed_WhileBucketsWait_EachIsThereOnce()
    {
        var random = new Random(Seed);
        var served = new HashSet<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var address = $"10.96.0.{random.Next(Addresses)}:80";
            if (!served.Remove(address))
            {
                served.Add(address);
            }

            Tested.Apply(new(new("default", "web"), [Port("", Protocol.Tcp, [.. served], "10.0.1.5:8080")]));
            Tested.Collect();
            if (random.Next(10) == 0)
            {
                FlushFrontends();
                Audit();
                Assert.That(Audit(), Is.Empty, $"round {round}");
            }

            Assert.That(AddressesInMap(), Is.EqualTo(served.Order(StringComparer.Ordinal)), $"round {round}");
        }
    }

    private IEnumerable<string> AddressesInMap() =>
        Tested.Maps.Frontends.Entries().Select(frontend => $"{frontend.Key}".Split('/')[0]).Order(StringComparer.Ordinal);
}
