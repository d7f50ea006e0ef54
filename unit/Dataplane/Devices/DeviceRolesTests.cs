using System.Net;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Dataplane.Devices;

/// <summary>What devices are to a node, by tables of nodes as there are.</summary>
public sealed class DeviceRolesTests
{
    private static readonly TestCaseData[] Nodes =
    [
        Node("a machine",
            ["1 lo loopback", "2 eth0 up", "3 eth1 up"], defaults: [2], addresses: ["1 127.0.0.1", "2 192.0.2.5"],
            "eth0 uplink"),
        Node("a physical device that has a network of its own",
            ["2 eth0 up", "3 eth1 up"], defaults: [2], addresses: ["2 192.0.2.5", "3 198.51.100.5"],
            "eth0 uplink, eth1 uplink"),
        Node("a device by which routing tables of their own lead out",
            ["2 ens5 up", "3 ens6 up"], defaults: [2, 3], addresses: ["2 192.0.2.5"],
            "ens5 uplink, ens6 uplink"),
        Node("flannel and a bridge",
            ["2 eth0 up", "3 flannel.1 vxlan up", "4 cni0 bridge up", "5 veth1 veth up master=4 elsewhere"], defaults: [2],
            addresses: ["2 192.0.2.5", "3 10.244.1.0", "4 10.244.1.1"],
            "eth0 uplink, flannel.1 overlay, cni0 pods"),
        Node("kind: a node that is a container, with pods at veths (kindnet)",
            ["2 veth1 veth up elsewhere", "7 eth0 veth up elsewhere"], defaults: [7], addresses: ["7 172.18.0.2", "2 10.244.1.1"],
            "veth1 pods, eth0 uplink"),
        Node("an uplink that is a veth and has the Node's address, but no default route",
            ["7 eth0 veth up elsewhere"], defaults: [], addresses: ["7 172.18.0.2"],
            "eth0 uplink", node: "172.18.0.2"),
        Node("an uplink that is a bridge",
            ["2 eth0 up master=3", "3 br0 bridge up", "4 cni0 bridge up"], defaults: [3], addresses: ["3 192.0.2.5", "4 10.244.1.1"],
            "br0 uplink, cni0 pods"),
        Node("a bridge that has the Node's address",
            ["2 eth0 up master=3", "3 br0 bridge up"], defaults: [], addresses: ["3 192.0.2.5"],
            "br0 uplink", node: "192.0.2.5"),
        Node("a bond and a VLAN on it",
            ["2 eth0 up master=4", "3 eth1 up master=4", "4 bond0 bond up", "5 bond0.10 vlan up"], defaults: [5], addresses: ["5 192.0.2.5"],
            "bond0.10 uplink"),
        Node("a bond with an address and a VLAN on it",
            ["2 eth0 up master=4", "4 bond0 bond up", "5 bond0.10 vlan up"], defaults: [4], addresses: ["4 192.0.2.5", "5 198.51.100.5"],
            "bond0 uplink, bond0.10 uplink"),
        Node("a team",
            ["2 eth0 up master=4", "4 team0 team up"], defaults: [4], addresses: ["4 192.0.2.5"],
            "team0 uplink"),
        Node("a VRF",
            ["2 eth0 up", "3 red vrf up", "4 eth1 up master=3"], defaults: [2, 4], addresses: ["2 192.0.2.5", "4 198.51.100.5"],
            "eth0 uplink, eth1 uplink"),
        Node("Cilium",
            ["2 eth0 up", "3 cilium_net veth up lower=4", "4 cilium_host veth up lower=3", "5 cilium_vxlan vxlan up", "6 lxc1 veth up elsewhere"],
            defaults: [2, 4], addresses: ["2 192.0.2.5", "4 10.0.1.1"],
            "eth0 uplink, cilium_vxlan overlay, lxc1 pods"),
        Node("Cilium with netkit",
            ["2 eth0 up", "6 lxc1 netkit up elsewhere"], defaults: [2], addresses: ["2 192.0.2.5"],
            "eth0 uplink, lxc1 pods"),
        Node("Calico with IPIP",
            ["2 eth0 up", "3 tunl0 ipip up type=768", "4 cali1 veth up elsewhere"], defaults: [2], addresses: ["2 192.0.2.5", "3 10.244.1.0"],
            "eth0 uplink, tunl0 overlay, cali1 pods"),
        Node("tunnels that the kernel makes by itself",
            ["2 eth0 up", "3 tunl0 ipip type=768", "4 sit0 sit type=776", "5 gre0 gre type=778", "6 ip6tnl0 ip6tnl type=769"], defaults: [2],
            addresses: ["2 192.0.2.5"],
            "eth0 uplink"),
        Node("WireGuard and a VPN, one of which has a default route",
            ["2 eth0 up", "3 wg0 wireguard up type=65534", "4 tun0 tun up type=65534"], defaults: [2, 4], addresses: ["2 192.0.2.5", "3 10.1.0.1"],
            "eth0 uplink, wg0 overlay, tun0 overlay"),
        Node("a geneve tunnel, and one in a bridge",
            ["2 eth0 up", "3 genev_sys geneve up", "4 vxlan7 vxlan up master=5", "5 br7 bridge up"], defaults: [2], addresses: ["2 192.0.2.5"],
            "eth0 uplink, genev_sys overlay, br7 pods"),
        Node("machines at taps",
            ["2 eth0 up", "3 vnet0 tun up", "4 virbr0 bridge up", "5 vnet1 tun up master=4"], defaults: [2], addresses: ["2 192.0.2.5", "4 10.7.0.1"],
            "eth0 uplink, vnet0 pods, virbr0 pods"),
        Node("Docker beside",
            ["2 eth0 up", "3 docker0 bridge"], defaults: [2], addresses: ["2 192.0.2.5", "3 172.17.0.1"],
            "eth0 uplink, docker0 pods"),
        Node("dummies that hold addresses",
            ["2 eth0 up", "3 kube-ipvs0 dummy", "4 nodelocaldns dummy up"], defaults: [2], addresses: ["2 192.0.2.5", "3 10.96.0.10", "4 169.254.20.10"],
            "eth0 uplink"),
        Node("macvlan and ipvlan",
            ["2 eth0 up", "3 shim macvlan up", "4 other macvlan up", "5 ipvl0 ipvlan up", "6 tap9 macvtap up"], defaults: [2],
            addresses: ["2 192.0.2.5", "3 192.0.2.6", "5 192.0.2.7"],
            "eth0 uplink, shim uplink, ipvl0 uplink"),
        Node("a node whose way out is a macvlan",
            ["3 eth0 macvlan up"], defaults: [3], addresses: ["3 192.0.2.6"],
            "eth0 uplink"),
        Node("Open vSwitch",
            ["2 eth0 up master=3", "3 ovs-system openvswitch", "4 br-ex openvswitch up", "5 br-int openvswitch", "6 p1 veth up elsewhere master=3"],
            defaults: [4], addresses: ["4 192.0.2.5"],
            "br-ex uplink"),
        Node("a way out through a bridge by a pair of veths",
            ["2 eth0 up master=3", "3 br0 bridge up", "4 up0 veth up lower=5 master=3", "5 up1 veth up lower=4"], defaults: [5], addresses: ["5 192.0.2.5"],
            "br0 pods, up1 uplink"),
        Node("a veth whose other end's index is also one here",
            ["2 eth0 up", "3 cali1 veth up lower=2 elsewhere"], defaults: [2], addresses: ["2 192.0.2.5"],
            "eth0 uplink, cali1 pods"),
        Node("Infiniband, which has no packets that programs can read",
            ["2 eth0 up", "3 ib0 up type=32"], defaults: [2], addresses: ["2 192.0.2.5", "3 198.51.100.5"],
            "eth0 uplink"),
        Node("an address that does not reach beyond the link, or that another machine has",
            ["2 eth0 up", "3 eth1 up", "4 eth2 up"], defaults: [2], addresses: ["2 192.0.2.5", "3 fe80::1 link", "4 198.51.100.9 failed"],
            "eth0 uplink"),
    ];

    [TestCaseSource(nameof(Nodes))]
    public void Devices_AreWhatTheyAreToTheNode(NetworkState network, IpAddress[] node, string expected)
    {
        var roles = new DevicePlanner(new(IsAuto: true)).Plan(network, node, servesPods: true)
            .Select(plan => $"{plan.Name} {(plan.HasPods ? "pods" : new DeviceRoles(network, node).Of(network.Links.Single(link => link.Index == plan.Index)).ToString().ToLowerInvariant())}");

        Assert.That(string.Join(", ", roles), Is.EqualTo(expected));
    }

    private static TestCaseData Node(string name, string[] links, int[] defaults, string[] addresses, string expected, string? node = null) =>
        new TestCaseData(
            new NetworkState([.. links.Select(Link)], defaults, [.. addresses.Select(Address)]),
            node is null ? Array.Empty<IpAddress>() : [IpAddress.Parse(node)],
            expected).SetArgDisplayNames(name);

    internal static NetworkState Network(string[] links, int[] defaults, params string[] addresses) =>
        new([.. links.Select(Link)], defaults, [.. addresses.Select(Address)]);

    // "INDEX NAME [KIND] [up] [loopback] [elsewhere] [master=N] [lower=N] [type=N]"
    private static Link Link(string text)
    {
        var words = text.Split(' ');
        int Number(string key, int otherwise) =>
            words.FirstOrDefault(word => word.StartsWith(key, StringComparison.Ordinal)) is { } word ? int.Parse(word[key.Length..]) : otherwise;
        var kind = words[2..].FirstOrDefault(word => word is not ("up" or "loopback" or "elsewhere") && !word.Contains('=')) ?? "";
        var flags = (words.Contains("up") ? LinkFlags.Up : 0) | (words.Contains("loopback") ? LinkFlags.Loopback : 0);
        return new(int.Parse(words[0]), words[1], (LinkType)Number("type=", 1), flags, kind, Number("master=", 0),
            Number("lower=", words.Contains("elsewhere") ? 2 : 0), words.Contains("elsewhere"), default, 1500);
    }

    // "INDEX ADDRESS [link|failed]"
    private static LocalAddress Address(string text)
    {
        var words = text.Split(' ');
        return new(IPAddress.Parse(words[1]), 24, int.Parse(words[0]), words.Contains("link") ? AddressScope.Link : AddressScope.Universe,
            words.Contains("failed") ? AddressFlags.DadFailed : 0);
    }
}
