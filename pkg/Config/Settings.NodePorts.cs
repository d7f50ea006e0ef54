using KubeProxyNext.Config.Kinds;
using KubeProxyNext.Model;

namespace KubeProxyNext.Config;

/// <content>Where NodePorts are answered, and who is a pod of this node.</content>
public static partial class Settings
{
    public static readonly Setting<ValueArray<string>> NodePortAddresses = new(new TextsKind(), [])
    {
        Flag = "nodeport-addresses",
        Field = "nodePortAddresses",
        IsZeroUnset = true,
        Rule = Rules.NodePortAddresses,
        DefaultFor = configuration => configuration.Get(Mode) == "nftables" ? ["primary"] : [],
        Description = "Where NodePorts are answered: CIDRs of addresses of this node, or 'primary' for the node's own; none for all addresses, save in mode nftables, where that is 'primary'",
    };

    public static readonly Setting<bool> LocalhostNodePorts = new(new SwitchKind(), true)
    {
        Flag = "iptables-localhost-nodeports",
        Field = "iptables.localhostNodePorts",
        DefaultFor = configuration => configuration.Get(Mode) is "" or "iptables",
        Description = "Whether processes of the node reach NodePorts at 127.0.0.1 too, as in mode iptables alone they do by default",
    };

    public static readonly Setting<bool> MasqueradeAll = new(new SwitchKind(), false)
    {
        Flag = "masquerade-all",
        Field = "iptables.masqueradeAll",
        Description = "Whether backends see the node's address instead of the client's for all that comes to ClusterIPs by a device. As a flag it is for every mode, as a field for iptables and ipvs",
    };

    public static readonly Setting<bool> NftMasqueradeAll = new(new SwitchKind(), false)
    {
        Field = "nftables.masqueradeAll",
        Description = "The same for mode nftables",
    };

    public static readonly Setting<string> DetectLocalMode = new(new TextKind("mode"), "")
    {
        Flag = "detect-local-mode",
        Field = "detectLocalMode",
        Rule = Rules.OneOf("ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix"),
        Description = "How pods of this node are known: ClusterCIDR (which none means too), NodeCIDR, BridgeInterface or InterfaceNamePrefix",
    };

    public static readonly Setting<string> ClusterCidr = new(new TextKind("cidr[,cidr]"), "")
    {
        Flag = "cluster-cidr",
        Field = "clusterCIDR",
        Description = "Networks of all pods, at most one of each family, for ClusterCIDR",
    };

    public static readonly Setting<string> BridgeInterface = new(new TextKind("name"), "")
    {
        Flag = "pod-bridge-interface",
        Field = "detectLocal.bridgeInterface",
        Description = "The bridge of this node's pods, for BridgeInterface",
    };

    public static readonly Setting<string> InterfaceNamePrefix = new(new TextKind("prefix"), "")
    {
        Flag = "pod-interface-name-prefix",
        Field = "detectLocal.interfaceNamePrefix",
        Description = "How the names of devices begin that lead to pods, for InterfaceNamePrefix",
    };

    private static Setting[] NodePorts => [NodePortAddresses, LocalhostNodePorts];

    private static Setting[] Pods => [MasqueradeAll, NftMasqueradeAll, DetectLocalMode, ClusterCidr, BridgeInterface, InterfaceNamePrefix];
}
