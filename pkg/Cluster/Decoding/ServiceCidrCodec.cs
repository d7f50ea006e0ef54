using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Model;
using Pb = KubeProxyNext.Cluster.Protobuf;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>ServiceCIDRs: their networks alone count, whatever their conditions, and also while they are deleted (behaviour 1.1, 1.7).</summary>
internal sealed class ServiceCidrCodec(IProblemSink problems, StringPool pool)
    : ResourceCodec<ServiceCidr, Pb.ServiceCIDR>("ServiceCIDR", Pb.ServiceCIDR.Parser, problems, pool)
{
    public override string Resource => "servicecidrs";

    public override string Path => "/apis/networking.k8s.io/v1/servicecidrs";

    /// <summary>Kubernetes 1.31 and 1.32, where it was turned on; the same fields.</summary>
    public override string? OlderPath => "/apis/networking.k8s.io/v1beta1/servicecidrs";

    public override string Selectors => "";

    protected override bool IsNamespaced => false;

    protected override Pb.ObjectMeta? MetadataOf(Pb.ServiceCIDR message) => message.Metadata;

    protected override bool IsAbsent(Pb.ServiceCIDR message, Pb.ObjectMeta metadata, FieldReader fields) => false;

    protected override ServiceCidr Map(Pb.ServiceCIDR message, Pb.ObjectMeta metadata, FieldReader fields)
    {
        var texts = message.Spec?.Cidrs ?? [];
        var networks = new List<IpNetwork>(texts.Count);
        for (var i = 0; i < texts.Count; i++)
        {
            if (IpNetwork.TryParse(texts[i], out var network) || fields.Refuse($"spec.cidrs[{i}]", ProblemReason.BadAddress, texts[i]))
            {
                networks.Add(network);
            }
        }

        return new(fields.Name.Name, [.. networks]);
    }
}
