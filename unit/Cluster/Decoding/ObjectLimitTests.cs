using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Decoding;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Cluster.Decoding;

/// <summary>What is beyond all bounds is left out by name, its neighbours are not, and it costs neither time nor a log.</summary>
[TestFixture(WireFormat.Protobuf)]
[TestFixture(WireFormat.Json)]
internal sealed class ObjectLimitTests(WireFormat format)
{
    private static readonly ServiceBody Huge = new("huge") { AnnotationLength = 10 << 20 };

    private ProblemList _problems = null!;

    private ServiceCodec Codec => new(_problems, new());

    [SetUp]
    public void Forget() => _problems = new();

    [Test]
    public void HugeObject_InAList_IsLeftOutByName()
    {
        var page = Codec.ReadList(format, ServiceBody.List(format, new("first"), Huge, new("last")));

        Assert.That(page.Items.Select(service => service.Name.Name), Is.EqualTo((string[])["first", "last"]));
        Assert.That(page.Unusable, Is.EqualTo((ObjectName[])[new("ns", "huge")]));
        Assert.That(_problems.Texts, Is.EqualTo((string[])["TooLarge"]));
    }

    [Test]
    public void HugeObject_OfAnEvent_IsKnownByNameAndVersion()
    {
        var modified = Codec.ReadEvent(format, Huge.Event(format, "MODIFIED"));

        Assert.That(modified, Is.EqualTo(new WatchEvent<Service>(WatchEventType.Modified, new("ns", "huge"), null, "7")));
    }

    [Test]
    public void HugeObject_ThatIsDeleted_IsGone() => Assert.That(
        Codec.ReadEvent(format, Huge.Event(format, "DELETED")), Is.EqualTo(new WatchEvent<Service>(WatchEventType.Deleted, new("ns", "huge"), null, "7")));

    [Test]
    public void LargeObject_WithinTheBounds_IsRead() =>
        Assert.That(Read(Huge with { AnnotationLength = 3 << 20 }).Annotations, Is.Empty, "what others write into annotations is not kept");

    [Test]
    public void OwnAnnotation_TooLong_IsLeftOut()
    {
        var service = Read(new("web") { AnnotationKey = "kube-proxy-next.io/algorithm", AnnotationLength = 300_000 });

        Assert.That(service.Annotations, Is.Empty);
        Assert.That(_problems.Texts, Is.EqualTo((string[])["metadata.annotations TooLong"]));
    }

    [Test]
    public void ExternalIPs_TooMany_TheFirstCount()
    {
        var service = Read(new("web") { ExternalIPs = [.. Enumerable.Range(0, 5000).Select(i => $"10.1.{i / 250}.{i % 250}")] });

        Assert.That(service.ExternalIPs, Has.Count.EqualTo(1024));
        Assert.That(_problems.Texts, Is.EqualTo((string[])["spec.externalIPs TooMany"]));
    }

    [Test]
    public void Problems_ByTheThousand_AreCountedAndFewAreSaid()
    {
        var service = Read(new("web") { Ports = [80, .. Enumerable.Range(70_000, 20_000)] });

        Assert.That(service.Ports, Has.Count.EqualTo(1));
        Assert.That(_problems.Texts.Count(), Is.EqualTo(21));
        Assert.That(_problems.Texts.Last(), Is.EqualTo("MoreProblems"));
        Assert.That(_problems.Counted, Is.EqualTo(19_980));
    }

    [Test]
    public void PortName_TooLong_LeavesThePortOut()
    {
        var service = Read(new("web") { PortName = new('p', 64) });

        Assert.That(service.Ports, Is.Empty);
        Assert.That(_problems.Texts, Is.EqualTo((string[])["spec.ports[0].name TooLong"]));
    }

    [Test]
    public void Name_TooLong_IsNoName()
    {
        var page = Codec.ReadList(format, ServiceBody.List(format, new(new string('n', 254)), new("web")));

        Assert.That(page.Items.Select(service => service.Name.Name), Is.EqualTo((string[])["web"]));
        Assert.That(_problems.Texts, Is.EqualTo((string[])["metadata TooLong"]));
    }

    private Service Read(ServiceBody body) => Codec.ReadList(format, ServiceBody.List(format, body)).Items.Single();
}
