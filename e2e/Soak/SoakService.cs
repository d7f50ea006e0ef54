using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Soak;

/// <summary>
/// A Service that clients dial, and what is known of it: what it should be, and all that it may be as yet, since what the cluster says arrives
/// later, or much later where the daemon is away.
/// </summary>
/// <param name="comesAndGoes">Whether it is taken away now and then; it has connections alone then.</param>
internal sealed class SoakService(int number, bool comesAndGoes)
{
    private const int BriefPort = 80, DatagramPort = 7, StreamPort = 90;

    private Backends _mayBe = Backends.None;
    private Backends _sureIs = Backends.None;
    private Backends _mayBeStill = Backends.None;
    private readonly HashSet<(Backends, bool)> _since = [];
    private int _life;

    public int Number => number;

    /// <summary>Whoever comes again is another one, and the slices of the former, which may be seen gone later, are not its own.</summary>
    public string Name => comesAndGoes ? $"comes-{number}-{_life}" : $"stays-{number}";

    public string ClusterIp { get; } = $"10.96.30.{number + 1}";

    /// <summary>What the cluster says.</summary>
    public Backends Desired { get; private set; } = Backends.None;

    /// <summary>Whether the Service is there at all.</summary>
    public bool Exists { get; private set; }

    public bool ComesAndGoes => comesAndGoes;

    /// <summary>Whether each client keeps its backend for as long as that is there.</summary>
    public bool KeepsClients => number == 0;

    /// <summary>Whether the maps may say something else than the cluster as yet.</summary>
    public bool IsChanging { get; private set; }

    /// <summary>Whether what is gone may still be met over UDP.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>The ports with their targets, and their NodePorts.</summary>
    public IReadOnlyList<(int Port, int Target, string Protocol, int NodePort)> Ports { get; } =
    [
        (BriefPort, NativePrograms.BriefPort, "TCP", 30100 + number),
        .. comesAndGoes ? [] : new[]
        {
            (DatagramPort, NativePrograms.DatagramPort, "UDP", 30200 + number),
            (StreamPort, NativePrograms.StreamPort, "TCP", 30300 + number),
        },
    ];

    /// <summary>Whether it was like this since it was in force last: if it were again, nobody could tell which of the two is in force.</summary>
    public bool WasSince(Backends backends, bool exists) => _since.Contains((backends, exists));

    /// <summary>Wants other backends, or none; the Service itself may go with them.</summary>
    public void Want(Backends backends, bool exists)
    {
        _life += exists && !Exists ? 1 : 0;
        (Desired, Exists, IsChanging, IsEnding) = (backends, exists, true, true);
        _since.Add((backends, exists));
        _mayBe |= backends;
        _sureIs &= backends;
        _mayBeStill |= backends;
    }

    /// <summary>The maps say what the cluster says: new connections meet nothing else.</summary>
    public void Settle()
    {
        (_mayBe, _sureIs, IsChanging) = (Desired, Desired, false);
        _since.Clear();
        _since.Add((Desired, Exists));
    }

    /// <summary>And what is gone has had the time to end.</summary>
    public void End() => (_mayBeStill, IsEnding) = (Desired, false);

    /// <summary>Tells clients what this comes to.</summary>
    public Task TellAsync(Crowd crowd) => crowd.AllowAsync(number, _mayBe, _mayBeStill, _sureIs);

    /// <summary>The objects.</summary>
    public string Manifest(IReadOnlyList<Pod> pods)
    {
        var manifest = new ServiceManifest(Name, ClusterIp);
        foreach (var (port, target, protocol, nodePort) in Ports)
        {
            manifest = manifest.Port(port, target, protocol, nodePort);
        }

        manifest = KeepsClients ? manifest.Affinity() : manifest;
        return manifest.Backends(Desired.Numbers.Select(backend => pods[backend])).ToString();
    }
}
