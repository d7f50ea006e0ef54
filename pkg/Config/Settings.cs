namespace KubeProxyNext.Config;

/// <summary>All settings: kube-proxy's, as of 1.36, and our own.</summary>
public static partial class Settings
{
    /// <summary>kube-proxy's.</summary>
    public static IReadOnlyList<Setting> OfKubeProxy => Table.OfKubeProxy;

    /// <summary>Those that kube-proxy does not have.</summary>
    public static IReadOnlyList<Setting> Own => Table.Own;

    public static IReadOnlyList<Setting> All => Table.All;

    /// <summary>By the names of their fields.</summary>
    internal static IReadOnlyDictionary<string, Setting> ByField => Table.ByField;

    // A class of its own, since it is filled when all the parts of this one are, in whatever order the compiler takes them.
    private static class Table
    {
        internal static readonly IReadOnlyList<Setting> OfKubeProxy =
            [.. Process, .. Client, .. Servers, .. NodePorts, .. Pods, .. Connections, .. Logs, .. Modes, .. Windows];

        internal static readonly IReadOnlyList<Setting> Own =
        [
            Source, Cgroup, Bpffs, TakeOver, AuditInterval, Devices, TcAttach, BindProtection, DenyExternalIPs, ExternalIPCidrs, CleanupKubeProxy, MaglevTableSize,
            MaxFrontends, MaxSlots, MaxSockets, MaxSourceRanges, MaxAffinities, MaxFlows,
        ];

        internal static readonly IReadOnlyList<Setting> All = [.. OfKubeProxy, .. Own];

        internal static readonly IReadOnlyDictionary<string, Setting> ByField =
            All.Where(setting => setting.Field is not null).ToDictionary(setting => setting.Field!);
    }
}
