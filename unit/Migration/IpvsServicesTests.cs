using System.Net;
using KubeProxyNext.Migration.KubeProxy;

namespace KubeProxyNext.Unit.Migration;

public sealed class IpvsServicesTests
{
    [Test]
    public void ServicesOfOthers_Stay()
    {
        const string saved = """
            -A -t 10.96.0.1:443 -s rr
            -a -t 10.96.0.1:443 -r 172.18.0.2:6443 -m -w 1
            -A -u 10.96.0.10:53 -s rr -p 10800
            -A -t [fd00:10:96::a]:80 -s rr
            -A -t 172.18.0.3:30080 -s rr
            -A -t 172.18.0.3:80 -s wlc
            -A -t 192.0.2.80:30081 -s wlc
            -A -f 7 -s rr
            """;

        var ours = IpvsServices.Parse(saved, Addresses("10.96.0.1", "10.96.0.10", "fd00:10:96::a"), Addresses("172.18.0.3", "127.0.0.1"));

        Assert.That(ours, Is.EqualTo(
            [("-t", "10.96.0.1:443"), ("-u", "10.96.0.10:53"), ("-t", "[fd00:10:96::a]:80"), ("-t", "172.18.0.3:30080")]));
    }

    [TestCase("KUBE-CLUSTER-IP", ExpectedResult = true)]
    [TestCase("KUBE-6-CLUSTER-IP", ExpectedResult = true)]
    [TestCase("KUBE-NODE-PORT-LOCAL-SCTP-HASH", ExpectedResult = true)]
    [TestCase("KUBE-SRC-ABCDEFGHIJKLMNOP", ExpectedResult = false)]
    [TestCase("KUBE-", ExpectedResult = false)]
    [TestCase("CLUSTER-IP", ExpectedResult = false)]
    public bool Sets_AreKnownByTheirNames(string set) => IpvsSets.Contains(set);

    private static HashSet<IPAddress> Addresses(params string[] addresses) => [.. addresses.Select(IPAddress.Parse)];
}
