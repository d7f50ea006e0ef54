using KubeProxyNext.Config.Kinds;
using KubeProxyNext.Model;

namespace KubeProxyNext.Config;

/// <content>What is about one of kube-proxy's modes.</content>
public static partial class Settings
{
    public static readonly Setting<string> Mode = new(new TextKind("mode"), "")
    {
        Flag = "proxy-mode",
        Field = "mode",
        Rule = Rules.OneOf("iptables", "ipvs", "nftables"),
        Description = "iptables, ipvs or nftables. There is one mode here; this says which defaults and which section of the file count",
    };

    public static readonly Setting<TimeSpan> IptablesSyncPeriod = Period("iptables", "sync-period", 30, Meaning.Effective);

    public static readonly Setting<TimeSpan> NftSyncPeriod = Period("nftables", "sync-period", 30, Meaning.Effective, hasFlag: false);

    public static readonly Setting<TimeSpan> IpvsSyncPeriod = Period("ipvs", "sync-period", 30, Meaning.Effective);

    internal static readonly Setting<TimeSpan> IptablesMinSyncPeriod = Period("iptables", "min-sync-period", 1, Meaning.Ignored);

    internal static readonly Setting<TimeSpan> NftMinSyncPeriod = Period("nftables", "min-sync-period", 1, Meaning.Ignored, hasFlag: false);

    internal static readonly Setting<TimeSpan> IpvsMinSyncPeriod = Period("ipvs", "min-sync-period", 0, Meaning.Ignored);

    internal static readonly Setting<int> NftMasqueradeBit = MasqueradeBit("nftables", null);

    internal static readonly Setting<ValueArray<string>> IpvsExcludeCidrs = new(new TextsKind(), [])
    {
        Flag = "ipvs-exclude-cidrs",
        Field = "ipvs.excludeCIDRs",
        IsZeroUnset = true,
        Meaning = Meaning.Ignored,
        Description = "Networks whose IPVS services are left alone: all are",
    };

    private static Setting[] Modes =>
    [
        Mode, IptablesSyncPeriod, IptablesMinSyncPeriod, MasqueradeBit("iptables", "iptables-masquerade-bit"),
        NftSyncPeriod, NftMinSyncPeriod, NftMasqueradeBit,
        IpvsSyncPeriod, IpvsMinSyncPeriod, IpvsExcludeCidrs,
        new Setting<string>(new TextKind("name"), "")
        {
            Flag = "ipvs-scheduler",
            Field = "ipvs.scheduler",
            Meaning = Meaning.Ignored,
            Description = "IPVS's algorithm: Services name theirs in an annotation",
        },
        new Setting<bool>(new SwitchKind(), false)
        {
            Flag = "ipvs-strict-arp",
            Field = "ipvs.strictARP",
            Meaning = Meaning.Ignored,
            Description = "Whether ARP is answered for addresses of other devices: no device has addresses of Services",
        },
        IpvsTimeout("tcp-timeout", "tcpTimeout"), IpvsTimeout("tcpfin-timeout", "tcpFinTimeout"), IpvsTimeout("udp-timeout", "udpTimeout"),
    ];

    // What kube-proxy has on Windows, or has no more.
    private static Setting[] Windows =>
    [
        Nothing("portRange"), Nothing("winkernel.networkName"), Nothing("winkernel.sourceVip"), Nothing("winkernel.rootHnsEndpointName"),
        Off("winkernel.enableDSR"), Off("winkernel.forwardHealthCheckVip"), Off("windowsRunAsService"),
        File("boot-id-file"), File("machine-id-file"),
    ];

    private static Setting<TimeSpan> Period(string mode, string name, int seconds, Meaning meaning, bool hasFlag = true) => new(
        new DurationKind(), TimeSpan.FromSeconds(seconds))
    {
        Flag = hasFlag ? $"{mode}-{name}" : null,
        Field = $"{mode}.{(name == "sync-period" ? "syncPeriod" : "minSyncPeriod")}",
        IsZeroUnset = true,
        Meaning = meaning,
        Description = (meaning, mode) switch
        {
            (Meaning.Ignored, _) => "How long changes wait for others: they do not, and merge where they come faster than they are applied",
            (_, "iptables") => "Half of the time after which changes that are not in force make the node unhealthy. As a flag it is for all modes but ipvs",
            _ => $"The same for mode {mode}",
        },
    };

    private static Setting<int> MasqueradeBit(string mode, string? flag) => new(new NumberKind(), 14)
    {
        Flag = flag,
        Field = $"{mode}.masqueradeBit",
        Rule = flag is null ? null : Rules.Between(0, 31),
        Meaning = Meaning.Ignored,
        Description = "The bit that marks packets whose source is to be exchanged: none is needed",
    };

    private static Setting<TimeSpan> IpvsTimeout(string flag, string field) => new(new DurationKind(), TimeSpan.Zero)
    {
        Flag = $"ipvs-{flag}",
        Field = $"ipvs.{field}",
        Meaning = Meaning.Ignored,
        Description = "How long IPVS remembers connections: see --conntrack-tcp-timeout-established and its kin",
    };

    private static Setting<string> Nothing(string field) => new(new TextKind("text"), "")
    {
        Field = field,
        Meaning = Meaning.Void,
        Description = "Nothing on Linux",
    };

    private static Setting<bool> Off(string field) => new(new SwitchKind(), false) { Field = field, Meaning = Meaning.Void, Description = "Nothing on Linux" };

    private static Setting<string> File(string flag) => new(new TextKind("files"), "")
    {
        Flag = flag,
        Meaning = Meaning.Void,
        Description = "Nothing: of a library of kube-proxy's",
    };
}
