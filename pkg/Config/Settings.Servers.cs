using KubeProxyNext.Config.Kinds;

namespace KubeProxyNext.Config;

/// <content>The servers of health and metrics, and the node's addresses.</content>
public static partial class Settings
{
    public static readonly Setting<string> BindAddress = new(new TextKind("ip"), "0.0.0.0")
    {
        Flag = "bind-address",
        Field = "bindAddress",
        IsZeroUnset = true,
        Rule = Rules.Ip,
        Description = "Stands in for what the Node object says of the node's address in this family; nothing is bound to it. 0.0.0.0 and :: stand in for nothing. In a file an IPv6 address makes [::]:10256 and [::1]:10249 the defaults of the two servers",
    };

    public static readonly Setting<int> HealthzPort = new(new NumberKind(), 10256)
    {
        Flag = "healthz-port",
        Rule = Rules.Port,
        Description = "Port of the health server where --healthz-bind-address is given without one; 0 for no health server (deprecated)",
    };

    public static readonly Setting<int> MetricsPort = new(new NumberKind(), 10249)
    {
        Flag = "metrics-port",
        Rule = Rules.Port,
        Description = "Port of the metrics server where --metrics-bind-address is given without one; 0 for no metrics server (deprecated)",
    };

    public static readonly Setting<string> HealthzBindAddress = new(new TextKind("ip[:port]"), "0.0.0.0:10256")
    {
        Flag = "healthz-bind-address",
        Field = "healthzBindAddress",
        IsZeroUnset = true,
        Rule = Rules.BindAddress,
        DefaultFor = configuration => HasIPv6File(configuration) ? "[::]:10256" : "0.0.0.0:10256",
        Description = "Where /healthz and /livez are answered, a wildcard of one family for both. Given empty as a flag: nowhere; an empty field is the default",
    };

    public static readonly Setting<string> MetricsBindAddress = new(new TextKind("ip[:port]"), "127.0.0.1:10249")
    {
        Flag = "metrics-bind-address",
        Field = "metricsBindAddress",
        IsZeroUnset = true,
        Rule = Rules.BindAddress,
        DefaultFor = configuration => HasIPv6File(configuration) ? "[::1]:10249" : "127.0.0.1:10249",
        Description = "Where /metrics is answered, a wildcard of one family for both. Given empty as a flag: nowhere; an empty field is the default",
    };

    public static readonly Setting<bool> BindAddressHardFail = new(new SwitchKind(), false)
    {
        Flag = "bind-address-hard-fail",
        Field = "bindAddressHardFail",
        Description = "Whether the process ends where it cannot listen at one of the two, instead of trying again",
    };

    public static readonly Setting<bool> Profiling = new(new SwitchKind(), false)
    {
        Flag = "profiling",
        Field = "enableProfiling",
        Description = "Whether the metrics server shows what is for developers",
    };

    private static Setting[] Servers =>
    [
        BindAddress, HealthzBindAddress, MetricsBindAddress, HealthzPort, MetricsPort, BindAddressHardFail, Profiling,
        new Setting<string>(new TextKind("version"), "")
        {
            Flag = "show-hidden-metrics-for-version",
            Field = "showHiddenMetricsForVersion",
            Meaning = Meaning.Ignored,
            Description = "Shows metrics that this minor version of Kubernetes hid: none are hidden",
        },
    ];

    // kube-proxy makes its defaults before it knows of flags.
    private static bool HasIPv6File(KubeProxyConfiguration configuration) =>
        configuration.FileName is not null && configuration.Get(BindAddress).Contains(':');
}
