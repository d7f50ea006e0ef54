using KubeProxyNext.Model;
using KubeProxyNext.Unit.Programs;

namespace KubeProxyNext.Unit.Dataplane.Flows;

/// <summary>Where a packet comes from and where it goes.</summary>
internal sealed record FlowTuple(FrontendAddress Source, FrontendAddress Target)
{
    internal FlowTuple Back => new(Target, Source);

    /// <summary>As <c>10.0.0.1:40000 > 10.96.0.10:80</c>; for IPv6 see <see cref="FamilyText"/>.</summary>
    internal static FlowTuple Parse(IpFamily family, string text)
    {
        var ends = text.Split(" > ");
        return new(FamilyText.Frontend(family, ends[0], Protocol.Tcp), FamilyText.Frontend(family, ends[1], Protocol.Tcp));
    }
}
