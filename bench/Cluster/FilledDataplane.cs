using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Laboratory;
using KubeProxyNext.Model;

namespace KubeProxyNext.Bench.Cluster;

/// <summary>The real maps and programs, for both families, with so many Services in them and at work for one cgroup.</summary>
internal sealed class FilledDataplane
{
    private readonly string _pins;

    private FilledDataplane(string pins, string cgroup) => (_pins, Cgroup) = (pins, cgroup);

    /// <summary>Where the programs are attached.</summary>
    public string Cgroup { get; }

    /// <summary>Loads, fills and attaches. What is in the kernel stays until the laboratory goes.</summary>
    /// <exception cref="LabException">Not everything fits.</exception>
    public static FilledDataplane Load(Lab lab, string name, string cgroup, BenchServices services)
    {
        var pins = $"{lab.Host.BpfRoot}/{lab.Id}/{name}";
        using var dataplane = Dataplane.Dataplane.Load(pins, cgroup, [IpFamily.IPv4, IpFamily.IPv6], Room(services.Count));
        if (dataplane.Apply([.. services.Plans()]) is [var failure, ..])
        {
            throw new LabException($"{failure.Plan.Name}: {failure.Error.Message}", failure.Error);
        }

        dataplane.Attach();
        return new(pins, cgroup);
    }

    /// <summary>The link of one of the programs of <c>bpf/sock.bpf.c</c>.</summary>
    public BpfLink Link(string program) =>
        BpfLink.TryOpen($"{_pins}/links/{program}") ?? throw new LabException($"{program} is not attached");

    private static MapCapacities Room(int services) => services < new MapCapacities().Frontends ? new() : LargeCluster.Capacities;
}
