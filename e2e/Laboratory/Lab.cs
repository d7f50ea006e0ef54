namespace KubeProxyNext.Laboratory;

/// <summary>
/// A cluster on one machine: nodes and pods made of network namespaces and cgroups, with real processes in them. Disposing takes everything
/// away; so does the end of the owning process, however it comes. Several laboratories live side by side without seeing each other.
/// </summary>
public sealed class Lab : IAsyncDisposable
{
    private readonly Reaper _reaper;
    private Dictionary<string, Pod> _pods = [];
    private Router? _router;

    private Lab(LabId id, Host host) => (Id, Host, _reaper) = (id, host, Reaper.Watch(id, host));

    public LabId Id { get; }

    public Host Host { get; }

    public IReadOnlyList<Node> Nodes { get; private set; } = [];

    /// <summary>A folder for the laboratory's files, which goes with it.</summary>
    public string StateFolder => $"{Host.StateRoot}/{Id}";

    /// <summary>The cgroup2 directory above those of all places.</summary>
    internal string Cgroup => $"{Host.CgroupRoot}/{Id}";

    /// <summary>The hosts outside, by name. No node's cgroup is above theirs.</summary>
    public IReadOnlyDictionary<string, Place> Outside { get; private set; } = new Dictionary<string, Place>();

    /// <summary>The router between the nodes and the hosts outside.</summary>
    /// <exception cref="LabException">The topology has no hosts outside.</exception>
    public Router Router => _router ?? throw new LabException("without hosts outside there is no router: see Topology.Outside");

    /// <summary>The pod of this name.</summary>
    public Pod this[string pod] => _pods[pod];

    /// <summary>Clears what dead owners left, then builds the nodes and pods, all of whom reach each other directly over IPv4 and IPv6.</summary>
    /// <exception cref="LabException">The machine lacks something, or a step failed; what was made until then is taken away again.</exception>
    public static Task<Lab> BuildAsync(IReadOnlyList<NodePlan> plan, CancellationToken cancellation = default) =>
        BuildAsync(plan, new(), cancellation);

    /// <summary>The same with more around the nodes and pods, or with other ways between them.</summary>
    /// <exception cref="LabException">The machine lacks something, or a step failed; what was made until then is taken away again.</exception>
    public static async Task<Lab> BuildAsync(IReadOnlyList<NodePlan> plan, Topology topology, CancellationToken cancellation = default)
    {
        Programs.Check();
        var host = await Host.FindAsync(cancellation);
        await Leftovers.ClearAsync(host, cancellation);
        var lab = new Lab(LabId.Next(), host);
        try
        {
            await lab.RaiseAsync(plan, topology, cancellation);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the laboratory outlive its owner; <see cref="Leftovers.RemoveAsync"/> takes it away later.</summary>
    public async Task KeepAsync()
    {
        await File.WriteAllTextAsync($"{StateFolder}/{Leftovers.KeepMark}", "");
        await _reaper.KeepAsync();
    }

    public ValueTask DisposeAsync() => _reaper.DisposeAsync();

    private async Task RaiseAsync(IReadOnlyList<NodePlan> plan, Topology topology, CancellationToken cancellation)
    {
        Directory.CreateDirectory(StateFolder);
        Directory.CreateDirectory($"{Host.BpfRoot}/{Id}");
        var wiring = new Wiring(Id.ToString(), plan, topology);
        await wiring.LayAsync(cancellation);
        Nodes = [.. plan.Select((node, i) => NodeOf(node, i + 1, wiring))];
        Outside = topology.Outside.Select((host, i) => HostOf(host, i, wiring)).ToDictionary(host => host.Name, Place (host) => host);
        _router = topology.Outside.Count > 0 ? new(wiring.Underlay, Cgroup) : null;
        _pods = Nodes.SelectMany(node => node.Pods).ToDictionary(pod => pod.Name);
    }

    private PlainPlace HostOf(string name, int number, Wiring wiring)
    {
        var network = RouterWiring.NetworkOf(name);
        return new PlainPlace(name, (Addresses.OutsideV4(number), Addresses.OutsideV6(number)), wiring.Namespace(network), Cgroup, network);
    }

    private Node NodeOf(NodePlan plan, int number, Wiring wiring)
    {
        var node = new Node(this, plan.Name, number, wiring.Namespace(plan.Name));
        node.Pods =
        [
            .. plan.Pods.Select((pod, i) =>
                new Pod(node, pod, (Addresses.PodV4(number, i), Addresses.PodV6(number, i)), wiring.Namespace(pod))),
        ];
        return node;
    }
}
