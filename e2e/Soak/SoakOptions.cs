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

    /// <exception cref="UsageException">A value is no number, or cannot be; or there is one too many.</exception>
    public static SoakOptions FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <param name="variable">The value of a variable; null where it has none.</param>
    /// <inheritdoc cref="FromEnvironment"/>
    public static SoakOptions From(Func<string, string?> variable)
    {
        var defaults = new SoakOptions();
        var options = new SoakOptions
        {
            Seconds = Number("SECONDS", defaults.Seconds),
            Kills = Number("KILLS", 0),
            Upgrades = Number("UPGRADES", 0),
            Resizes = Number("RESIZES", 0),
            UpgradeTo = variable("UPGRADE_TO") is { Length: > 0 } path ? ProgramAt(path) : null,
            Rate = Number("RATE", defaults.Rate),
            DatagramSockets = Number("DATAGRAM_SOCKETS", defaults.DatagramSockets),
            Transfers = Number("TRANSFERS", defaults.Transfers),
            Orderly = Number("ORDERLY", defaults.Orderly),
            Seed = Number("SEED", Environment.ProcessId),
        };
        return new[] { options.Kills, options.Upgrades, options.Resizes }.Count(count => count > 0) <= 1
            ? options
            : throw new UsageException("KILLS, UPGRADES and RESIZES are for faults of one kind: at most one of them");

        int Number(string name, int otherwise) => variable(name) switch
        {
            null or "" => otherwise,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
            var text => throw new UsageException($"{name}={text} is no number"),
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

    private static string ProgramAt(string path) => File.Exists(path) && (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0
        ? Path.GetFullPath(path)
        : throw new UsageException($"UPGRADE_TO={path} is no program");
}
