using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>Who is refused, and how it is told (behaviour 4.3, 4.4, 4.8).</summary>
public sealed class PacketRejectTests(IpFamily family) : PacketMatrixFixture(family)
{
    [TestCase("pod")]
    [TestCase("client")]
    [TestCase("host")]
    public void NoBackendAnywhere_IsRefused_WhateverThePolicies(string sender)
    {
        foreach (var policy in Enum.GetValues<TrafficPolicy>())
        {
            var service = new GivenService { InternalPolicy = policy, ExternalPolicy = policy, Cluster = "", Local = "" };
            Check([.. External, .. ClusterIP], sender, service, new(), "reject");
        }
    }

    [Test]
    public void SourceRanges_WhoIsLetIn_IsTold() =>
        Check(["lb:80"], "client", new() { Cluster = "", Local = "", SourceRanges = ["198.51.100.0/25"] }, new(), "reject");
}
