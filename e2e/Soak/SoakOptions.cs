using System.Globalization;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Soak;

/// <summary>How long, how much and what of it; <c>make soak</c> hands it on in the environment.</summary>
internal sealed record SoakOptions
{
    /// <summary>How long faults of all kinds come, where no number of one kind is asked for.</summary>
    public int Seconds { get; init; } = 600;

    /// <summary>So many SIGKILLs and no other fault of the daemon; 0 for a mixture.</summary>
    public int Kills { get; init; }

    /// <summary>So many restarts with another program and nothing else.</summary>
    public int Upgrades { get; init; }

    /// <summary>So many restarts with other capacities and nothing else.</summary>
    public int Resizes { get; init; }

    /// <summary>The program that upgrades go to and back from; null for the same again.</summary>
    public string? UpgradeTo { get; init; }

    /// <summary>New TCP connections each second: half of them from a pod to ClusterIPs, half from outside to NodePorts.</summary>
    public int Rate { get; init; } = 2000;

    /// <summary>UDP sockets, of which half are connected; in each of the two places.</summary>
    public int DatagramSockets { get; init; } = 100;

    /// <summary>Transfers that never end, shared as the connections are.</summary>
    public int Transfers { get; init; } = 200;

    /// <summary>
    /// Of so many connections one ends with all ceremony, and is remembered for two minutes; the others end with a reset. 0: all of them.
    /// </summary>
    public int Orderly { get; init; } = 16;

    /// <summary>What chance begins with.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many faults come, of the one kind that is asked for; null for as many as the time has room for.</summary>
    public int? FaultCount => Kills + Upgrades + Resizes is var count and > 0 ? count : null;

    /// <exception cref="UsageException">A value is no number.</exception>
    public static SoakOptions FromEnvironment()
    {
        var defaults = new SoakOptions();
        return new()
        {
            Seconds = Number("SECONDS", defaults.Seconds),
            Kills = Number("KILLS", 0),
            Upgrades = Number("UPGRADES", 0),
            Resizes = Number("RESIZES", 0),
            UpgradeTo = Environment.GetEnvironmentVariable("UPGRADE_TO") is { Length: > 0 } path ? path : null,
            Rate = Number("RATE", defaults.Rate),
            DatagramSockets = Number("DATAGRAM_SOCKETS", defaults.DatagramSockets),
            Transfers = Number("TRANSFERS", defaults.Transfers),
            Orderly = Number("ORDERLY", defaults.Orderly),
            Seed = Number("SEED", Environment.ProcessId),
        };
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Span}; {Rate} connections per second, {2 * DatagramSockets} UDP sockets, {Transfers} transfers; SEED={Seed}");

    private string Span => this switch
    {
        { Kills: > 0 } => $"{Kills} SIGKILLs",
        { Upgrades: > 0 } => $"{Upgrades} upgrades",
        { Resizes: > 0 } => $"{Resizes} resizes",
        _ => $"{Seconds} s of all faults",
    };

    private static int Number(string variable, int otherwise) => Environment.GetEnvironmentVariable(variable) switch
    {
        null or "" => otherwise,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw new UsageException($"{variable}={text} is no number"),
    };
}
