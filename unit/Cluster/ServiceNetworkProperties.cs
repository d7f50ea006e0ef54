using FsCheck.NUnit;
using KubeProxyNext.Cluster;
using KubeProxyNext.Model;
using Property = FsCheck.NUnit.PropertyAttribute;

namespace KubeProxyNext.Unit.Cluster;

/// <summary>
/// Whatever the order of events, the service networks say of each address what the objects that there are say of it. An event is a
/// number: which of a few objects, and which of a few networks it has, or that it is gone.
/// </summary>
[Properties(MaxTest = 300, Replay = Seed, QuietOnSuccess = true)]
internal sealed class ServiceNetworkProperties
{
    // Every run sees the same histories; another seed tells others.
    private const string Seed = "(1180591620717411303,6364136223846793005)";

    private static readonly IpNetwork[] Networks =
    [
        Network("10.0.0.0", 8), Network("10.64.0.0", 10), Network("10.96.0.0", 12), Network("10.96.0.0", 16),
        Network("10.112.0.0", 12), Network("0.0.0.0", 0), Network("fd00::", 64), Network("fd00::", 108),
    ];

    [Property]
    public void Union_DoesNotDependOnTheOrderOfEvents(ushort[] events, int seed)
    {
        var (told, objects) = (Tracker(), new Dictionary<string, ServiceCidr>());
        foreach (var number in events)
        {
            Happen(number, objects, told);
        }

        var (shuffled, random) = (Tracker(), new Random(seed));
        foreach (var cidr in objects.Values.OrderBy(_ => random.Next()))
        {
            shuffled.ServiceCidrs.Upsert(cidr);
        }

        var replaced = Tracker();
        replaced.ServiceCidrs.Replace(objects.Values);
        var union = Union(told);
        Assert.That((Union(shuffled), Union(replaced)), Is.EqualTo((union, union)));
    }

    [Property]
    public void Union_HasWhatTheObjectsHave_AndNothingTwice(ushort[] events)
    {
        var (tracker, objects) = (Tracker(), new Dictionary<string, ServiceCidr>());
        foreach (var number in events)
        {
            Happen(number, objects, tracker);
        }

        var union = Union(tracker);
        var all = objects.Values.SelectMany(cidr => cidr.Networks).ToHashSet();
        Assert.That(union, Is.SubsetOf(all).And.Ordered);
        Assert.That(all.Where(network => union.Count(wider => wider.Contains(network)) != 1), Is.Empty, "each lies in exactly one");
    }

    private static void Happen(ushort number, Dictionary<string, ServiceCidr> objects, ClusterTracker tracker)
    {
        var name = $"{number & 3}";
        if ((number >> 2 & 3) == 0)
        {
            objects.Remove(name);
            tracker.ServiceCidrs.Remove(new("", name));
            return;
        }

        objects[name] = new(name, [.. Networks.Where((_, i) => (number >> (4 + i) & 1) != 0)]);
        tracker.ServiceCidrs.Upsert(objects[name]);
    }

    private static ClusterTracker Tracker()
    {
        var tracker = new ClusterTracker();
        tracker.Services.Replace([]);
        tracker.Slices.Replace([]);
        return tracker;
    }

    private static ValueArray<IpNetwork> Union(ClusterTracker tracker) => tracker.TakeAsync(CancellationToken.None).AsTask().Result.ServiceNetworks;

    private static IpNetwork Network(string address, int length) => new(IpAddress.Parse(address), length);
}
