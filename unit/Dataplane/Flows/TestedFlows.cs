using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Telemetry;

namespace KubeProxyNext.Unit.Dataplane.Flows;

/// <summary>Flows in the kernel, made as packets make them (bpf/tests/flows.bpf.c), and the sweep that ends them.</summary>
internal sealed class TestedFlows : IDisposable
{
    private const ushort Reply = 1 << 0;
    private const ushort TwinEgress = 1 << 1;
    private const ushort Redirect = 1 << 2;
    private const ushort Masqueraded = 1 << 3;
    private const ushort Masquerade = 1 << 4;

    private static readonly MapCapacities Small = new(Frontends: 16, Slots: 64, Sockets: 16, SourceRanges: 16, Affinities: 1024);

    private readonly TemporaryPins _pins = new();
    private readonly IpFamily _family;
    private readonly BpfObject _maker;
    private readonly BpfObject _expiry;
    private readonly FlowSweep _sweep;
    private readonly TrafficTable _traffic;

    /// <param name="flows">How many there is room for.</param>
    internal TestedFlows(IpFamily family, FlowTimeouts? timeouts = null, int flows = 9000)
    {
        _family = family;
        var capacities = Small with { Flows = flows };
        var frontends = FrontendTable<FrontendBucket4, Address4>.MapEntries(capacities.Frontends);
        _expiry = ExpiryObject.Open(family, frontends, capacities, timeouts ?? FlowTimeouts.Default, seed: 7);
        _maker = OpenMaker(family);
        TcObject.Configure(_maker, frontends, capacities, seed: 7, hostNetnsCookie: 0);
        Load(_expiry);
        Load(_maker);
        _sweep = new(_expiry, family);
        Backends = new(_expiry.Map("backends"));
        _traffic = new(_expiry.Map("service_traffic"));
    }

    internal MappedArray<BackendValue> Backends { get; }

    /// <summary>Where all is pinned.</summary>
    internal string Bpffs => _pins.Bpffs;

    /// <summary>The service port of what is made.</summary>
    internal uint Service { get; set; }

    /// <summary>The clock of flows.</summary>
    internal uint Now => Run("find_flow", new(_maker.Btf)).Now;

    /// <summary>Makes both entries of a connection whose destination alone is exchanged.</summary>
    /// <param name="masqueraded">Whether others exchange the source.</param>
    internal void Make(
        string dialled, string reached, FlowSide? client, FlowSide? backend, Protocol protocol, uint id = 0, uint generation = 0, bool masqueraded = false)
    {
        var (before, after) = (FlowTuple.Parse(_family, dialled), FlowTuple.Parse(_family, reached));
        if (client is not null)
        {
            Make(before, after, protocol, atEgress: false, masqueraded ? (ushort)(TwinEgress | Masqueraded) : TwinEgress, client, id, generation);
        }

        if (backend is not null)
        {
            Make(after.Back, before.Back, protocol, atEgress: true, Reply, backend, id, generation);
        }
    }

    /// <summary>Makes both entries that exchange the source.</summary>
    internal void MakeMasquerade(string before, string after, FlowSide client, FlowSide backend, Protocol protocol)
    {
        var (from, to) = (FlowTuple.Parse(_family, before), FlowTuple.Parse(_family, after));
        Make(from, to, protocol, atEgress: true, Masquerade, client, 0, 0);
        Make(to.Back, from.Back, protocol, atEgress: false, Masquerade | Reply | TwinEgress, backend, 0, 0);
    }

    /// <summary>Makes both entries of a connection that goes past the stack.</summary>
    internal void MakePastStack(string dialled, string reached, FlowSide client, FlowSide backend, Protocol protocol)
    {
        var (before, after) = (FlowTuple.Parse(_family, dialled), FlowTuple.Parse(_family, reached));
        Make(before, after, protocol, atEgress: false, Redirect, client, 0, 0);
        Make(after.Back, before.Back, protocol, atEgress: false, Redirect | Reply, backend, 0, 0);
    }

    /// <summary>Whether packets of this tuple find an entry.</summary>
    internal bool Has(string tuple, Protocol protocol, bool atEgress = false) => Run("find_flow", ImageOf(tuple, protocol, atEgress)).Error == 0;

    /// <summary>What the service port has carried, as far as it knows.</summary>
    internal (Traffic ToBackends, Traffic ToClients) Carried(uint service) => (_traffic.Read(service).ToBackends, _traffic.Read(service).ToClients);

    /// <summary>Another service port gets the id.</summary>
    internal void GiveAway(uint service) => _traffic.Begin(service);

    /// <summary>Packets of this tuple come, if there is an entry.</summary>
    internal void Carry(string tuple, Protocol protocol, ulong packets, ulong bytes, bool atEgress = false)
    {
        var image = ImageOf(tuple, protocol, atEgress);
        image.Set("packets", packets);
        image.Set("bytes", bytes);
        Run("carry_flow", image);
    }

    /// <summary>The entry is removed as programs remove it.</summary>
    internal void Remove(string tuple, Protocol protocol) => Assert.That(Run("remove_flow", ImageOf(tuple, protocol)).Error, Is.Zero);

    /// <summary>A thousand flows of this tuple, one after the other, with one to eight packets of 100 bytes.</summary>
    internal void Churn(string tuple, Protocol protocol)
    {
        var image = ImageOf(tuple, protocol);
        image.Set("seen", Now);
        image.Set("service", Service);
        image.Set("service_generation", _traffic.Read(Service).Generation);
        Run("churn_flow", image);
    }

    internal FlowGauges Sweep() => _sweep.Run(CancellationToken.None);

    internal FlowGauges Sweep(CancellationToken cancellationToken) => _sweep.Run(cancellationToken);

    internal ulong Count(Counter counter) =>
        _maker.Map("counters").ReadPerCpu((int)counter).Aggregate(0UL, (sum, count) => sum + count);

    public void Dispose()
    {
        Backends.Dispose();
        _sweep.Dispose();
        _maker.Dispose();
        _pins.Dispose();
    }

    private static BpfObject OpenMaker(IpFamily family)
    {
        var name = $"flows{(int)family}";
        using var stream = typeof(TestedFlows).Assembly.GetManifestResourceStream($"{name}.bpf.o")!;
        var elf = new byte[stream.Length];
        stream.ReadExactly(elf);
        return BpfObject.Open(name, elf);
    }

    private void Load(BpfObject opened)
    {
        var folder = Path.Combine(_pins.Bpffs, $"ipv{(int)_family}-000000000000");
        Directory.CreateDirectory(folder);
        foreach (var map in opened.Maps.Where(map => map.Name != ExpiryObject.Census && !map.Name.Contains('.')))
        {
            map.PinAt(Path.Combine(folder, map.Name));
        }

        opened.Load();
    }

    private void Make(
        FlowTuple before, FlowTuple after, Protocol protocol, bool atEgress, ushort flags, FlowSide side, uint backend, uint generation)
    {
        var image = new FlowImage(_maker.Btf);
        image.SetKey(before, protocol, atEgress);
        image.SetRewrite(after);
        image.Set("seen", Now - side.Idle);
        image.Set("flags", flags);
        image.Set("tcp_flags", side.TcpFlags);
        image.Set("packets", side.Packets);
        image.Set("backend", backend);
        image.Set("generation", generation);
        image.Set("service", Service);
        image.Set("service_generation", _traffic.Read(Service).Generation);
        Assert.That(Run("make_flow", image).Error, Is.Zero, "the entry could not be made");
    }

    private FlowImage ImageOf(string tuple, Protocol protocol, bool atEgress = false)
    {
        var image = new FlowImage(_maker.Btf);
        image.SetKey(FlowTuple.Parse(_family, tuple), protocol, atEgress);
        return image;
    }

    private FlowImage Run(string program, FlowImage image)
    {
        _maker.Programs.Single(candidate => candidate.Name == program).RunOn(image.Bytes);
        return image;
    }
}
