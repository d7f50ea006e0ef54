using System.Net;
using KubeProxyNext.Config;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Model;
using KubeProxyNext.Planning;

namespace KubeProxyNext;

/// <summary>What a configuration means for the daemon.</summary>
internal static class RunOptionsReader
{
    private const string HostName = "/proc/sys/kernel/hostname";

    /// <param name="cgroup">Directory of cgroup2 whose processes are served.</param>
    /// <exception cref="InvalidOperationException">What was checked before is not so.</exception>
    internal static RunOptions Read(KubeProxyConfiguration configuration, string cgroup) => new(
        OrNull(configuration.Get(Settings.Source)),
        OrNull(configuration.Get(Settings.KubeConfig)),
        OrNull(configuration.Get(Settings.Master)),
        cgroup,
        configuration.Get(Settings.Bpffs),
        NodeName(configuration.Get(Settings.HostnameOverride)),
        MostOf(configuration))
    {
        Usual = UsualOf(configuration),
        AuditInterval = configuration.Get(Settings.AuditInterval),
        TakesOver = configuration.Get(Settings.TakeOver),
        Devices = DeviceOptions.TryParse(configuration.Get(Settings.Devices), out var error) ?? throw new InvalidOperationException(error),
        Attach = Enum.Parse<DeviceAttach>(configuration.Get(Settings.TcAttach), ignoreCase: true),
        LocalMode = LocalModeOf(configuration),
        MasqueradeAll = configuration.Get(configuration.Get(Settings.Mode) == "nftables" ? Settings.NftMasqueradeAll : Settings.MasqueradeAll),
        NodePorts = NodePortOptions.TryParse(
            configuration.Get(Settings.NodePortAddresses), configuration.Get(Settings.LocalhostNodePorts), out var nodePorts, out error)
            ? nodePorts
            : throw new InvalidOperationException(error),
        BindProtection = configuration.Get(Settings.BindProtection),
        CleanupKubeProxy = configuration.Get(Settings.CleanupKubeProxy),
        FlowTimeouts = new(
            configuration.Get(Settings.TcpEstablishedTimeout), configuration.Get(Settings.TcpCloseWaitTimeout),
            configuration.Get(Settings.UdpTimeout), configuration.Get(Settings.UdpStreamTimeout)),
        MaglevTableSize = configuration.Get(Settings.MaglevTableSize),
        NodeAddress = IpAddress.TryParse(configuration.Get(Settings.BindAddress), out var address) && !address.IsUnspecified ? address : null,
        ServesExternalIPs = configuration.Get(Settings.FeatureGates).GetValueOrDefault(Settings.AllowServiceExternalIPs, true),
        DeniesExternalIPs = configuration.Get(Settings.DenyExternalIPs),
        ExternalIPNetworks = [.. configuration.Get(Settings.ExternalIPCidrs).Select(NetworkOf).Order()],
        RequestsPerSecond = configuration.Get(Settings.Qps) is var qps && qps == 0 ? KubeProxyConfiguration.Default.Get(Settings.Qps) : qps,
        RequestBurst = configuration.Get(Settings.Burst),
        HealthzAddress = AddressOf(configuration.Get(Settings.HealthzBindAddress)),
        MetricsAddress = AddressOf(configuration.Get(Settings.MetricsBindAddress)),
        BindAddressHardFail = configuration.Get(Settings.BindAddressHardFail),
        SyncPeriod = configuration.Get(ConfigurationRules.SyncPeriodOf(configuration)),
        Profiling = configuration.Get(Settings.Profiling),
        Flags = ConfigurationText.ToFlags(configuration),
        ProxyConfiguration = ConfigurationText.ToConfigz(configuration),
    };

    private static IpNetwork NetworkOf(string text) =>
        IpNetwork.TryParse(text, out var network) ? network : throw new InvalidOperationException($"'{text}' is no CIDR");

    private static string? OrNull(string text) => text.Length == 0 ? null : text;

    private static LocalMode LocalModeOf(KubeProxyConfiguration configuration) =>
        LocalMode.TryParse(
            configuration.Get(Settings.DetectLocalMode), configuration.Get(Settings.ClusterCidr),
            configuration.Get(Settings.BridgeInterface), configuration.Get(Settings.InterfaceNamePrefix), out var error)
        ?? throw new InvalidOperationException(error);

    private static MapCapacities MostOf(KubeProxyConfiguration configuration) => new(
        configuration.Get(Settings.MaxFrontends),
        configuration.Get(Settings.MaxSlots),
        configuration.Get(Settings.MaxSockets),
        configuration.Get(Settings.MaxSourceRanges),
        configuration.Get(Settings.MaxAffinities),
        configuration.Get(Settings.MaxFlows) is > 0 and var flows ? flows : UsualOf(configuration).Flows);

    private static MapCapacities UsualOf(KubeProxyConfiguration configuration) => new(Flows: MapCapacities.FlowsFor(
        Environment.ProcessorCount, MachineMemory.Total, configuration.Get(Settings.ConntrackMaxPerCore), configuration.Get(Settings.ConntrackMin)));

    /// <summary>Where a server is to listen; null for nowhere.</summary>
    internal static IPEndPoint? AddressOf(string text) => BindAddresses.TryParse(text, port: 0, out var address) ? address : null;

    // Behaviour 11.1: trimmed and in lower case; empty is not given. Environment.MachineName ends at the first dot, where many
    // clusters have names of nodes go on.
    private static string NodeName(string overriding) =>
        (overriding.Length == 0 ? File.ReadAllText(HostName) : overriding).Trim().ToLowerInvariant();
}
