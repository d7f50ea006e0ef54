using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Bench.Load;
using KubeProxyNext.Bpf;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Sections;

/// <summary>
/// Measures programs by what the kernel counts, less what it counts for a program that does nothing at the same hook of the same cgroup.
/// Each program of ours at a hook counts, so at the release of a socket those of both families.
/// </summary>
internal sealed class HookMeter : IDisposable
{
    private readonly CgroupHandle _cgroup;
    private readonly BpfObject _empty;
    private readonly BpfLink[] _emptyLinks;
    private readonly BpfLink _connect;
    private readonly BpfLink[] _releases;

    public HookMeter(ServedClient client)
    {
        _cgroup = CgroupHandle.Open(client.Cgroup);
        _empty = BpfObject.Open("empty", File.ReadAllBytes(Native.EmptyPrograms));
        _empty.Load();
        _emptyLinks = [.. _empty.Programs.Select(program => program.AttachTo(_cgroup))];
        _connect = client.Dataplane.Link("connect4");
        _releases = [client.Dataplane.Link("release4"), client.Dataplane.Link("release6")];
    }

    /// <summary>Measures the hooks over some traffic of so many connections.</summary>
    /// <exception cref="LabException">The hooks did not run once for each connection.</exception>
    public async Task<HookTimes> MeasureAsync(int connections, Func<Task> traffic)
    {
        var before = Read();
        await traffic();
        var runs = Read().Zip(before, (later, earlier) => later - earlier).ToArray();
        if (runs.FirstOrDefault(run => run.Count != (ulong)connections) is { } wrong && wrong != default)
        {
            throw new LabException($"a hook ran {wrong.Count} times for {connections} connections");
        }

        var times = Array.ConvertAll(runs, run => run.Nanoseconds / (double)run.Count);
        return new(times[1] - times[0], times[3..].Sum(time => time - times[2]));
    }

    public void Dispose()
    {
        Array.ForEach([_connect, .. _releases, .. _emptyLinks], link => link.Dispose());
        _empty.Dispose();
        _cgroup.Dispose();
    }

    /// <summary>Of each hook first the empty program, then ours.</summary>
    private ProgramRuns[] Read() => [Empty("empty_connect"), _connect.Runs, Empty("empty_release"), .. _releases.Select(link => link.Runs)];

    private ProgramRuns Empty(string name) => _empty.Programs.Single(program => program.Name == name).Runs;
}
