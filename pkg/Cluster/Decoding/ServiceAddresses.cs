using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Model;
using Pb = KubeProxyNext.Cluster.Protobuf;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>The addresses of one Service, parsed and normalised (behaviour 1.2, 1.3, 1.5 and 2).</summary>
internal readonly struct ServiceAddresses(Pb.ServiceSpec spec, FieldReader fields)
{
    /// <summary>
    /// The cluster IPs by <c>ipFamilies</c>, or the only one by its own family where an old object declares none. None if
    /// headless, for which the singular field alone counts.
    /// </summary>
    public (IpAddress? V4, IpAddress? V6) ClusterIPs()
    {
        if (spec.ClusterIP is "" or "None")
        {
            return default;
        }

        if (spec.IpFamilies.Count > 0)
        {
            return (Declared(IpFamily.IPv4, "IPv4"), Declared(IpFamily.IPv6, "IPv6"));
        }

        var only = ClusterIP(spec.ClusterIP);
        return only?.Family == IpFamily.IPv4 ? (only, null) : (null, only);
    }

    public ValueArray<IpAddress> ExternalIPs()
    {
        var count = fields.Bound(spec.ExternalIPs.Count, ObjectLimits.Addresses, "spec.externalIPs");
        var addresses = new List<IpAddress>(count);
        for (var i = 0; i < count; i++)
        {
            if (!string.IsNullOrWhiteSpace(spec.ExternalIPs[i]))
            {
                AddVip(spec.ExternalIPs[i], "spec.externalIPs", i, addresses);
            }
        }

        return [.. addresses];
    }

    /// <summary>Those in VIP mode; an entry without an address is one with a host name, which is normal.</summary>
    public ValueArray<IpAddress> LoadBalancerIPs(Pb.LoadBalancerStatus? status)
    {
        if (status is null)
        {
            return [];
        }

        var count = fields.Bound(status.Ingress.Count, ObjectLimits.Addresses, "status.loadBalancer.ingress");
        var addresses = new List<IpAddress>(count);
        for (var i = 0; i < count; i++)
        {
            var entry = status.Ingress[i];
            if (entry.Ip.Length > 0 && (!entry.HasIpMode || entry.IpMode == "VIP"))
            {
                AddVip(entry.Ip, "status.loadBalancer.ingress", i, addresses);
            }
        }

        return [.. addresses];
    }

    /// <summary>White space around a range is allowed here, and nowhere else.</summary>
    public ValueArray<IpNetwork> SourceRanges()
    {
        var ranges = new List<IpNetwork>(spec.LoadBalancerSourceRanges.Count);
        for (var i = 0; i < spec.LoadBalancerSourceRanges.Count; i++)
        {
            var text = spec.LoadBalancerSourceRanges[i].AsSpan().Trim();
            if (IpNetwork.TryParse(text, out var range))
            {
                ranges.Add(range);
            }
            else if (!text.IsEmpty)
            {
                fields.Refuse($"spec.loadBalancerSourceRanges[{i}]", ProblemReason.BadAddress, text.ToString());
            }
        }

        return [.. ranges];
    }

    private IpAddress? Declared(IpFamily family, string name)
    {
        var index = spec.IpFamilies.IndexOf(name);
        if (index < 0 || index >= spec.ClusterIPs.Count || ClusterIP(spec.ClusterIPs[index]) is not { } ip)
        {
            return null;
        }

        return ip.Family == family || fields.Refuse("spec.clusterIPs", ProblemReason.WrongFamily, spec.ClusterIPs[index]) ? ip : null;
    }

    // Zero is the address that node ports are kept under, so no Service may have it.
    private IpAddress? ClusterIP(string text)
    {
        if (!IpAddress.TryParse(text, out var ip))
        {
            fields.Refuse("spec.clusterIPs", ProblemReason.BadAddress, text);
            return null;
        }

        return !ip.IsUnspecified || fields.Refuse("spec.clusterIPs", ProblemReason.SpecialAddress, text) ? ip : null;
    }

    private void AddVip(string text, string field, int index, List<IpAddress> addresses)
    {
        if (!IpAddress.TryParse(text, out var ip))
        {
            fields.Refuse($"{field}[{index}]", ProblemReason.BadAddress, text);
        }
        else if (FieldReader.IsSpecial(ip))
        {
            fields.Refuse($"{field}[{index}]", ProblemReason.SpecialAddress, text);
        }
        else
        {
            addresses.Add(ip);
        }
    }
}
