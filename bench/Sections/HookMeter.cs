using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Bpf;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Sections;

/// <summary>
/// Measures programs by what the kernel counts, less what it counts for programs that do nothing at the same hooks: the mean of one that
/// runs before ours and one that runs after, since whoever comes first finds the caches cold. Each program of ours at a hook counts, so at
/// the release of a socket those of both families.
/// </summary>
internal sealed class HookMeter : IDisposable
{
    private readonly EmptyPrograms _before;
    private readonly EmptyPrograms _after;
    private readonly BpfLink _connect;
    private readonly BpfLink[] _releases;

    public HookMeter(ServedClient client)
    {
        // The programs of a cgroup run before those of the one above it, and in one cgroup in the order in which they were attached.
        _before = new(client.Place.Cgroup);
        _after = new(client.Dataplane.Cgroup);
        _connect = client.Dataplane.Link("connect4");
        _releases = [client.Dataplane.Link("release4"), client.Dataplane.Link("release6")];
    }

    /// <summary>Measures the hooks over some traffic of so many connections.</summary>
    /// <exception cref="LabException">The hooks did not run once for each connection.</exception>
    public async Task<HookTimes> MeasureAsync(int connections, Func<Task> traffic)
    {
        var start = Read();
        await traffic();
        var times = Read().Zip(start, (later, earlier) => TimeOf(later - earlier, connections)).ToArray();
        var (empty, ours) = (times[..4], times[4..]);
        return new(
            ours[0] - ((empty[0] + empty[1]) / 2),
            ours[1..].Sum(time => time - ((empty[2] + empty[3]) / 2)));
    }

    public void Dispose()
    {
        Array.ForEach([_connect, .. _releases], link => link.Dispose());
        _before.Dispose();
        _after.Dispose();
    }

    /// <summary>First the empty programs: connect before and after ours, release before and after ours. Then ours.</summary>
    private ProgramRuns[] Read() =>
        [_before.Connect, _after.Connect, _before.Release, _after.Release, _connect.Runs, .. _releases.Select(link => link.Runs)];

    private static double TimeOf(ProgramRuns runs, int connections) => runs.Count == (ulong)connections
        ? runs.Nanoseconds / (double)runs.Count
        : throw new LabException($"a hook ran {runs.Count} times for {connections} connections");
}
