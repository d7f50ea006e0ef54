using Google.Protobuf.Collections;
using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Model;
using Pb = KubeProxyNext.Cluster.Protobuf;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>This node's own Node object; every other Node counts as absent (behaviour 1.1, 1.6, 7.1).</summary>
/// <param name="nodeName">As in <see cref="NodeConfig.NodeName"/>.</param>
internal sealed class NodeCodec(IProblemSink problems, StringPool pool, string nodeName)
    : ResourceCodec<Node, Pb.Node>("Node", Pb.Node.Parser, problems, pool)
{
    private const string Zone = "topology.kubernetes.io/zone";
    private const string ToBeDeleted = "ToBeDeletedByClusterAutoscaler";

    public override string Resource => "nodes";

    public override string Path => "/api/v1/nodes";

    public override string Selectors { get; } = $"fieldSelector={Uri.EscapeDataString($"metadata.name={nodeName}")}";

    protected override bool IsNamespaced => false;

    protected override Pb.ObjectMeta? MetadataOf(Pb.Node message) => message.Metadata;

    protected override bool IsAbsent(Pb.Node message, Pb.ObjectMeta metadata, FieldReader fields) => metadata.Name != nodeName;

    protected override Node Map(Pb.Node message, Pb.ObjectMeta metadata, FieldReader fields)
    {
        var zone = metadata.Labels.GetValueOrDefault(Zone, "");
        return new(
            fields.Name.Name,
            zone.Length > 0 ? Pool.Intern(zone) : null,
            AddressesOf(message.Status, fields),
            PodCidrsOf(message.Spec, fields),
            IsLeaving(message, metadata));
    }

    private static ValueArray<IpAddress> AddressesOf(Pb.NodeStatus? status, FieldReader fields)
    {
        var addresses = new List<IpAddress>();
        foreach (var type in (ReadOnlySpan<string>)["InternalIP", "ExternalIP"])
        {
            foreach (var entry in status?.Addresses ?? [])
            {
                if (entry.Type != type)
                {
                    continue;
                }

                if (IpAddress.TryParse(entry.Address, out var ip)
                    || fields.Refuse("status.addresses", ProblemReason.BadAddress, entry.Address))
                {
                    addresses.Add(ip);
                }
            }
        }

        return [.. addresses];
    }

    private static ValueArray<IpNetwork> PodCidrsOf(Pb.NodeSpec? spec, FieldReader fields)
    {
        var networks = new List<IpNetwork>();
        foreach (var text in spec is null ? [] : TextsOf(spec))
        {
            if (IpNetwork.TryParse(text, out var network) || fields.Refuse("spec.podCIDRs", ProblemReason.BadAddress, text))
            {
                networks.Add(network);
            }
        }

        return [.. networks];
    }

    // Objects from before dual-stack have the singular field alone.
    private static RepeatedField<string> TextsOf(Pb.NodeSpec spec) =>
        spec.PodCIDRs.Count > 0 || spec.PodCIDR.Length == 0 ? spec.PodCIDRs : [spec.PodCIDR];

    private static bool IsLeaving(Pb.Node message, Pb.ObjectMeta metadata) =>
        metadata.DeletionTimestamp is not null || (message.Spec?.Taints.Any(taint => taint.Key == ToBeDeleted) ?? false);
}
