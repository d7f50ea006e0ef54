using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>The C# twins of C structs against the BTF of the built objects, so that no number is typed twice.</summary>
public sealed class LayoutTests
{
    private static readonly TestCaseData[] Twins =
    [
        new(IpFamily.IPv4, "frontend_key", typeof(FrontendKey<Address4>)),
        new(IpFamily.IPv6, "frontend_key", typeof(FrontendKey<Address6>)),
        new(IpFamily.IPv4, "frontend", typeof(Frontend4)),
        new(IpFamily.IPv6, "frontend", typeof(Frontend6)),
        new(IpFamily.IPv4, "frontend_bucket", typeof(FrontendBucket4)),
        new(IpFamily.IPv6, "frontend_bucket", typeof(FrontendBucket6)),
        new(IpFamily.IPv4, "slot", typeof(SlotValue<Address4>)),
        new(IpFamily.IPv6, "slot", typeof(SlotValue<Address6>)),
        new(IpFamily.IPv4, "backend", typeof(BackendValue)),
        new(IpFamily.IPv4, "socket_entry", typeof(SocketEntryValue<Address4>)),
        new(IpFamily.IPv6, "socket_entry", typeof(SocketEntryValue<Address6>)),
        new(IpFamily.IPv4, "source_range", typeof(SourceRangeKey<Address4>)),
        new(IpFamily.IPv6, "source_range", typeof(SourceRangeKey<Address6>)),
        new(IpFamily.IPv4, "network", typeof(NetworkValue<Address4>)),
        new(IpFamily.IPv6, "network", typeof(NetworkValue<Address6>)),
        new(IpFamily.IPv4, "settings", typeof(SettingsValue<Address4>)),
        new(IpFamily.IPv6, "settings", typeof(SettingsValue<Address6>)),
        new(IpFamily.IPv4, "device", typeof(DeviceValue<Address4>)),
        new(IpFamily.IPv6, "device", typeof(DeviceValue<Address6>)),
        new(IpFamily.IPv4, "packet_settings", typeof(PacketSettingsValue<Address4>)),
        new(IpFamily.IPv6, "packet_settings", typeof(PacketSettingsValue<Address6>)),
        new(IpFamily.IPv4, "flow_key", typeof(FlowKey<Address4>)),
        new(IpFamily.IPv6, "flow_key", typeof(FlowKey<Address6>)),
        new(IpFamily.IPv4, "rewrite", typeof(RewriteValue<Address4>)),
        new(IpFamily.IPv6, "rewrite", typeof(RewriteValue<Address6>)),
        new(IpFamily.IPv4, "next_hop", typeof(NextHopValue)),
        new(IpFamily.IPv4, "flow", typeof(Flow4)),
        new(IpFamily.IPv6, "flow", typeof(Flow6)),
        new(IpFamily.IPv4, "flow_entry", typeof(FlowEntry4)),
        new(IpFamily.IPv6, "flow_entry", typeof(FlowEntry6)),
        new(IpFamily.IPv4, "flow_bucket", typeof(FlowBucket<FlowEntry4>)),
        new(IpFamily.IPv6, "flow_bucket", typeof(FlowBucket<FlowEntry6>)),
        new(IpFamily.IPv4, "service_counters", typeof(KubeProxyNext.Telemetry.ServiceCounters)),
        new(IpFamily.IPv4, "traffic", typeof(Traffic)),
        new(IpFamily.IPv4, "traffic", typeof(KubeProxyNext.Telemetry.TrafficSum)),
        new(IpFamily.IPv4, "service_traffic", typeof(ServiceTrafficValue)),
        new(IpFamily.IPv4, "service_traffic", typeof(KubeProxyNext.Telemetry.ServiceTraffic)),
    ];

    [TestCaseSource(nameof(Twins))]
    public void Struct_LiesWhereBtfSays(IpFamily family, string name, Type twin)
    {
        using var socket = SockObject.Open(family);
        using var packet = TcObject.Open(family);
        var built = socket.Btf.Struct(name) is null ? packet : socket;

        Assert.That(Layout.SizeOf(twin), Is.EqualTo(built.Btf.StructSize(name)));
        Assert.That(Layout.Of(twin), Is.EqualTo(Layout.InBtf(built.Btf, name)));
    }

    [Test]
    public void Struct_HasNoImplicitPadding([Values] IpFamily family, [Values("frontend_key", "frontend", "frontend_bucket", "slot",
        "backend", "socket_entry", "socket_bucket", "udp_peer", "udp_memory", "service_counters",
        "affinity_key", "affinity", "source_range", "network", "settings", "flow_key", "next_hop", "rewrite", "flow", "flow_entry",
        "traffic", "service_traffic", "flow_bucket", "fragment_key", "fragment", "device", "packet_settings", "flow_gauges")] string name)
    {
        using var socket = SockObject.Open(family);
        using var packet = TcObject.Open(family);
        var built = socket.Btf.Struct(name) is null ? packet : socket;

        Assert.That(built.Btf.Struct(name)!.Sum(field => field.Size), Is.EqualTo(built.Btf.StructSize(name)));
    }
}
