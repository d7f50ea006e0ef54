using KubeProxyNext.Config.Kinds;
using KubeProxyNext.Model;

namespace KubeProxyNext.Config;

/// <content>What kube-proxy does not have.</content>
public static partial class Settings
{
    public static readonly Setting<string> Source = OwnText("source", "folder", "", "Folder of manifests to read instead of an API server");

    public static readonly Setting<string> Cgroup = OwnText(
        "cgroup", "folder", "", "Directory of cgroup2 whose processes are served; by default its root, which is mounted where it is not");

    public static readonly Setting<string> Bpffs = OwnText(
        "bpffs", "folder", "/sys/fs/bpf/kube-proxy-next", "Folder in a bpffs where maps and programs are pinned; bpffs is mounted at /sys/fs/bpf where it is not");

    public static readonly Setting<bool> TakeOver = new(new SwitchKind(), false)
    {
        Flag = "take-over",
        IsBesideFile = true,
        Description = "Has a kube-proxy-next that works in the same --bpffs let go, and takes its place; without it a second one is refused",
    };

    public static readonly Setting<TimeSpan> AuditInterval = new(new DurationKind(), TimeSpan.FromMinutes(1))
    {
        Flag = "audit-interval",
        IsBesideFile = true,
        Rule = Rules.NeverOrInterval,
        Description = "How often pins, links and maps are compared with what they should be, and put right: from 1s to 1000h, or 0 for never",
    };

    public static readonly Setting<string> Devices = OwnText(
        "devices", "names", "auto",
        "At which network devices packets from outside are served: auto, none, or names with commas, which may have * and ? in them; a '!' before a name leaves it out");

    public static readonly Setting<string> TcAttach = new(new TextKind("auto|tcx|clsact"), "auto")
    {
        Flag = "tc-attach",
        IsBesideFile = true,
        Rule = Rules.OneOf("auto", "tcx", "clsact"),
        Description = "How programs are attached to devices: tcx (links, kernel 6.6), clsact (filters), or auto for the first of them that works",
    };

    public static readonly Setting<bool> BindProtection = new(new SwitchKind(), true)
    {
        Flag = "nodeport-bind-protection",
        IsBesideFile = true,
        Description = "Keeps processes from binding ports that are NodePorts on this node",
    };

    public static readonly Setting<bool> DenyExternalIPs = new(new SwitchKind(), false)
    {
        Flag = "deny-external-ips",
        IsBesideFile = true,
        Description = "Serves no external IPs of Services: whoever may write a Service could otherwise get what is meant for any address (CVE-2020-8554). Addresses that a load balancer gave are served",
    };

    public static readonly Setting<ValueArray<string>> ExternalIPCidrs = new(new TextsKind(), [])
    {
        Flag = "external-ip-cidrs",
        IsBesideFile = true,
        Rule = Rules.Networks,
        Description = "Networks of both families that external IPs of Services are served in, with commas; none for all addresses. Of a family without one none is served",
    };

    public static readonly Setting<bool> CleanupKubeProxy = new(new SwitchKind(), false)
    {
        Flag = "cleanup-kube-proxy",
        IsBesideFile = true,
        Description = "Removes what kube-proxy left on the node after the first sync, as 'cleanup --kube-proxy' does",
    };

    public static readonly Setting<int> MaglevTableSize = new(new NumberKind(), 16_381)
    {
        Flag = "maglev-table-size",
        IsBesideFile = true,
        Rule = Rules.Prime,
        Description = "Slots of a Maglev table: a prime",
    };

    public static readonly Setting<int> MaxFrontends = Most(
        "max-frontends", 1 << 20, "service ports of each family; there is room for twice as many frontends (their addresses)", "65,536");

    public static readonly Setting<int> MaxSlots = Most("max-slots", 1 << 22, "slots (backends of Services) of each family", "262,144");

    public static readonly Setting<int> MaxSockets = Most("max-sockets", 1 << 20, "sockets of each family whose Service is remembered", "65,536");

    public static readonly Setting<int> MaxSourceRanges = Most(
        "max-source-ranges", 1 << 20, "networks of each family that restricted Services let in, counted for each of their ports", "65,536");

    public static readonly Setting<int> MaxAffinities = Most(
        "max-affinities", 1 << 20, "clients of each family whose backend is remembered (session affinity)", "65,536");

    public static readonly Setting<int> MaxFlows = new(new NumberKind(), 0)
    {
        Flag = "max-flows",
        IsBesideFile = true,
        Rule = Rules.CapacityOrNone,
        Description = "The most entries of each family for packets from outside: each direction of a connection has its own. Maps begin with two for each that --conntrack-max-per-core and --conntrack-min want room for, as far as the tables of both families fit into a sixteenth of the memory of the machine, and grow where they are to have more; 0: no more than that",
    };

    private static Setting<string> OwnText(string flag, string valueName, string initial, string description) => new(new TextKind(valueName), initial)
    {
        Flag = flag,
        IsBesideFile = true,
        Description = description,
    };

    private static Setting<int> Most(string flag, int capacity, string what, string usual) => new(new NumberKind(), capacity)
    {
        Flag = flag,
        IsBesideFile = true,
        Rule = Rules.Capacity,
        Description = $"The most {what}. Maps begin with room for {usual}, and grow as they fill",
    };
}
