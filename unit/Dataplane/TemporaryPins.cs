namespace KubeProxyNext.Unit.Dataplane;

/// <summary>A folder for pins and a cgroup, of this test alone; both are gone afterwards.</summary>
internal sealed class TemporaryPins : IDisposable
{
    private static int _count;

    private readonly string _name = $"kpn-unit-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";

    internal TemporaryPins()
    {
        Bpffs = Path.Combine("/sys/fs/bpf", _name);
        Cgroup = Path.Combine(KubeProxyNext.Bpf.FileSystem.FindCgroup2()!, _name);
        Directory.CreateDirectory(Cgroup);
    }

    internal string Bpffs { get; }

    internal string Cgroup { get; }

    public void Dispose()
    {
        KubeProxyNext.Dataplane.Dataplane.Cleanup(Bpffs);
        Directory.Delete(Cgroup);
    }
}
