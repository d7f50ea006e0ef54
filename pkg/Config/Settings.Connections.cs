using KubeProxyNext.Config.Kinds;

namespace KubeProxyNext.Config;

/// <content>How many connections there may be, and for how long.</content>
public static partial class Settings
{
    public static readonly Setting<int> ConntrackMaxPerCore = new(new NumberKind(), 32_768)
    {
        Flag = "conntrack-max-per-core",
        Field = "conntrack.maxPerCore",
        Rule = Rules.AtLeast(0),
        Description = "Connections from outside that there is room for, for each CPU; nf_conntrack itself is left alone. 0: as by default",
    };

    public static readonly Setting<int> ConntrackMin = new(new NumberKind(), 131_072)
    {
        Flag = "conntrack-min",
        Field = "conntrack.min",
        Rule = Rules.AtLeast(0),
        Description = "For how many there is room at least",
    };

    public static readonly Setting<TimeSpan> TcpEstablishedTimeout = new(new DurationKind(), TimeSpan.FromHours(24))
    {
        Flag = "conntrack-tcp-timeout-established",
        Field = "conntrack.tcpEstablishedTimeout",
        Rule = Rules.NotNegative,
        Description = "How long an idle TCP connection from outside is remembered (0: as long as nf_conntrack does by itself, five days)",
    };

    public static readonly Setting<TimeSpan> TcpCloseWaitTimeout = new(new DurationKind(), TimeSpan.FromHours(1))
    {
        Flag = "conntrack-tcp-timeout-close-wait",
        Field = "conntrack.tcpCloseWaitTimeout",
        Rule = Rules.NotNegative,
        Description = "The same where one side is done and the other is not (0: a minute)",
    };

    public static readonly Setting<TimeSpan> UdpTimeout = new(new DurationKind(), TimeSpan.Zero)
    {
        Flag = "conntrack-udp-timeout",
        Field = "conntrack.udpTimeout",
        Rule = Rules.NotNegative,
        Description = "How long a datagram from outside and its answer are remembered (0: 30 seconds)",
    };

    public static readonly Setting<TimeSpan> UdpStreamTimeout = new(new DurationKind(), TimeSpan.Zero)
    {
        Flag = "conntrack-udp-timeout-stream",
        Field = "conntrack.udpStreamTimeout",
        Rule = Rules.NotNegative,
        Description = "How long more datagrams than these are (0: two minutes)",
    };

    private static Setting[] Connections =>
    [
        ConntrackMaxPerCore, ConntrackMin, TcpEstablishedTimeout, TcpCloseWaitTimeout, UdpTimeout, UdpStreamTimeout,
        new Setting<bool>(new SwitchKind(), false)
        {
            Flag = "conntrack-tcp-be-liberal",
            Field = "conntrack.tcpBeLiberal",
            Meaning = Meaning.Ignored,
            Description = "Whether packets outside of TCP's window are let through: nothing here looks at windows",
        },
    ];
}
