namespace KubeProxyNext.Bench;

/// <summary>How long is measured: rounds, and what a round consists of.</summary>
internal sealed record Effort
{
    /// <summary>For figures to compare with: some five minutes in all.</summary>
    public static readonly Effort Full = new()
    {
        Rounds = 150,
        RuleRounds = 30,
        RuleSizes = [1, 1_000, 10_000],
        ProgramBatches = 150,
        DatagramRounds = 200,
        Starts = 7,
        LargeStarts = 3,
        Changes = 300,
        ChurnSeconds = 65,
        PacketRounds = 20,
        PacketConnections = 1_000_000,
        PacketWalks = 5,
        PacketWalk = 100_000,
        NodePortRounds = 60,
        StreamRounds = 7,
        StreamSeconds = 2,
    };

    /// <summary>For whoever works on the benchmarks: under a minute, and rough.</summary>
    public static readonly Effort Quick = new()
    {
        Rounds = 10,
        RuleRounds = 3,
        RuleSizes = [1, 1_000],
        ProgramBatches = 20,
        DatagramRounds = 20,
        Starts = 2,
        LargeStarts = 1,
        Changes = 50,
        ChurnSeconds = 5,
        PacketRounds = 4,
        PacketConnections = 50_000,
        PacketWalks = 2,
        PacketWalk = 20_000,
        NodePortRounds = 5,
        StreamRounds = 1,
        StreamSeconds = 1,
    };

    /// <summary>TCP connections of a round; UDP sockets are a tenth of the work, so there are four times as many.</summary>
    public const int Connections = 500;

    public const int Datagrams = 4 * Connections;

    /// <summary>Connections between two looks at what the kernel counted.</summary>
    public const int Batch = 300;

    public const int ChangesPerSecond = 1000;

    public required int Rounds { get; init; }

    public required int RuleRounds { get; init; }

    /// <summary>How many Services there are in the rules; those of 10,000 take half a minute to load.</summary>
    public required IReadOnlyList<int> RuleSizes { get; init; }

    public required int ProgramBatches { get; init; }

    public required int DatagramRounds { get; init; }

    /// <summary>Starts of the daemon with 10,000 Services.</summary>
    public required int Starts { get; init; }

    /// <summary>Starts of the daemon with 100,000 Services.</summary>
    public required int LargeStarts { get; init; }

    /// <summary>EndpointSlice changes, one at a time.</summary>
    public required int Changes { get; init; }

    /// <summary>With 10,000 Services not a multiple of twenty: then the end would look like the beginning.</summary>
    public required int ChurnSeconds { get; init; }

    /// <summary>Rounds of packets, in each of which a thousand clients are new.</summary>
    public required int PacketRounds { get; init; }

    /// <summary>How many connections there are where there are many.</summary>
    public required int PacketConnections { get; init; }

    /// <summary>What there has to be room for: two entries for each of them, which hardly ever meet in a full bucket.</summary>
    public int PacketFlows => 4 * PacketConnections;

    public required int PacketWalks { get; init; }

    /// <summary>Of how many connections, at random, a packet is measured in a walk: with a million of them more than caches hold.</summary>
    public required int PacketWalk { get; init; }

    public required int NodePortRounds { get; init; }

    public required int StreamRounds { get; init; }

    public required int StreamSeconds { get; init; }
}
