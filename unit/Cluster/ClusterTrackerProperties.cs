using FsCheck.NUnit;
using KubeProxyNext.Cluster;
using KubeProxyNext.Model;
using Property = FsCheck.NUnit.PropertyAttribute;

namespace KubeProxyNext.Unit.Cluster;

/// <summary>
/// Whatever the order, grouping and repetition of events, a reader who remembers what was taken ends with the cluster's last
/// state. An event is a number: what is done, to which of a few objects, in which of a few variants.
/// </summary>
[Properties(MaxTest = 300, Replay = Seed, QuietOnSuccess = true)]
internal sealed class ClusterTrackerProperties
{
    // Every run sees the same histories; another seed tells others.
    private const string Seed = "(2960912871347129349,1442695040888963407)";

    [Property]
    public void Reader_EndsWithTheLastState(ushort[] events)
    {
        var world = new World();
        var reader = new Reader();
        foreach (var number in events)
        {
            world.Happen(number, reader.Tracker);
            reader.TakeIf(number % 3 == 0);
        }

        Assert.That(reader.Finish(), Is.EqualTo(world.Expected()));
    }

    [Property]
    public void EventsToldTwice_ChangeNothing(ushort[] events)
    {
        var (world, reader) = (new World(), new Reader());
        foreach (var number in events)
        {
            world.Happen(number, reader.Tracker);
            world.Happen(number, reader.Tracker);
            reader.TakeIf(number % 5 == 0);
        }

        Assert.That(reader.Finish(), Is.EqualTo(world.Expected()));
    }

    [Property]
    public void LastState_DoesNotDependOnTheOrderInWhichObjectsCome(ushort[] events, int seed)
    {
        var (world, reader) = (new World(), new Reader());
        foreach (var number in events)
        {
            world.Happen(number, new ClusterTracker());
        }

        world.TellShuffled(reader.Tracker, new Random(seed));

        Assert.That(reader.Finish(), Is.EqualTo(world.Expected()));
    }

    private sealed class World
    {
        private readonly Dictionary<ObjectName, Service> _services = [];
        private readonly Dictionary<ObjectName, EndpointSlice> _slices = [];

        public void Happen(ushort number, ClusterTracker tracker)
        {
            var (what, which, variant) = (number & 7, new ObjectName("default", $"{number >> 3 & 3}"), number >> 5 & 3);
            switch (what)
            {
                case 0 or 1:
                    Put(_services, new Service { Name = which, HealthCheckNodePort = (ushort)variant }, which, tracker.Services);
                    break;
                case 2 or 3 or 4:
                    Put(_slices, Slice(which, variant), which, tracker.Slices);
                    break;
                case 5:
                    Drop(_services, which, tracker.Services);
                    break;
                case 6:
                    Drop(_slices, which, tracker.Slices);
                    break;
                default:
                    // A relist, of which one object was lost on the way in.
                    _slices.Remove(which);
                    tracker.Slices.Replace([.. _slices.Values]);
                    tracker.Services.Replace([.. _services.Values]);
                    break;
            }
        }

        public void TellShuffled(ClusterTracker tracker, Random random)
        {
            foreach (var tell in Everything(tracker).OrderBy(_ => random.Next()).ToList())
            {
                tell();
            }
        }

        public string Expected() => string.Join('\n', _services.Keys.Union(_slices.Values.Select(slice => slice.Service)).Order().Select(name =>
            Describe(_services.GetValueOrDefault(name), _slices.Values.Where(slice => slice.Service == name).OrderBy(slice => slice.Name), name)));

        private static EndpointSlice Slice(ObjectName name, int variant) => new()
        {
            Name = name,
            Service = new("default", $"{variant}"),
            Family = IpFamily.IPv4,
        };

        private static void Put<T>(Dictionary<ObjectName, T> all, T item, ObjectName name, IObjectStore<T> store)
        {
            all[name] = item;
            store.Upsert(item);
        }

        private static void Drop<T>(Dictionary<ObjectName, T> all, ObjectName name, IObjectStore<T> store)
        {
            all.Remove(name);
            store.Remove(name);
        }

        private IEnumerable<Action> Everything(ClusterTracker tracker) =>
        [
            .. _services.Values.Select(service => (Action)(() => tracker.Services.Upsert(service))),
            .. _slices.Values.Select(slice => (Action)(() => tracker.Slices.Upsert(slice))),
        ];
    }

    private sealed class Reader
    {
        private readonly Dictionary<ObjectName, ServiceSnapshot> _known = [];

        public Reader()
        {
            Tracker.Services.Replace([]);
            Tracker.Slices.Replace([]);
        }

        public ClusterTracker Tracker { get; } = new();

        public void TakeIf(bool now)
        {
            var take = now ? Tracker.TakeAsync(new(canceled: true)).AsTask() : Task.FromCanceled<ClusterChanges>(new(true));
            foreach (var snapshot in take.IsCompletedSuccessfully ? take.Result.Services : [])
            {
                _known[snapshot.Name] = snapshot;
            }
        }

        public string Finish()
        {
            TakeIf(true);
            return string.Join('\n', _known.Values
                .Where(snapshot => snapshot.Service is not null || !snapshot.Slices.IsEmpty)
                .OrderBy(snapshot => snapshot.Name)
                .Select(snapshot => Describe(snapshot.Service, snapshot.Slices, snapshot.Name)));
        }
    }

    private static string Describe(Service? service, IEnumerable<EndpointSlice> slices, ObjectName name) =>
        $"{name} {service?.HealthCheckNodePort} [{string.Join(' ', slices.Select(slice => slice.Name.Name))}]";
}
