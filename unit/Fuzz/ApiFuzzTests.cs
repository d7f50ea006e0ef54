using System.IO.Pipelines;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Api.Watching;
using KubeProxyNext.Cluster.Decoding;
using KubeProxyNext.Unit.Cluster;

namespace KubeProxyNext.Unit.Fuzz;

/// <summary>Bodies of an API server that came to harm: whatever the bytes, an answer or what the reader says it throws, never anything else.</summary>
[TestFixture(WireFormat.Protobuf)]
[TestFixture(WireFormat.Json)]
internal sealed class ApiFuzzTests(WireFormat format)
{
    private const int LongestFrame = 1 << 20;

    private readonly ServiceCodec _services = new(new ProblemList(), new());
    private readonly EndpointSliceCodec _slices = new(new ProblemList(), new());
    private readonly NodeCodec _nodes = new(new ProblemList(), new(), "node-a");
    private readonly ServiceCidrCodec _cidrs = new(new ProblemList(), new());

    [Test]
    public void Lists()
    {
        byte[][] corpus =
        [
            .. ((string[])["services-list", "slices-list", "nodes-list", "servicecidrs-list"]).Select(name => Recording.Body(name, format)),
        ];

        Fuzzing.Try(corpus, body =>
        {
            Fuzzing.Allow<InvalidDataException>(() => _services.ReadList(format, new(body)));
            Fuzzing.Allow<InvalidDataException>(() => _slices.ReadList(format, new(body)));
            Fuzzing.Allow<InvalidDataException>(() => _nodes.ReadList(format, new(body)));
            Fuzzing.Allow<InvalidDataException>(() => _cidrs.ReadList(format, new(body)));
        });
    }

    [Test]
    public void Events()
    {
        byte[][] corpus =
        [
            .. ((string[])["services-watch", "slices-watch", "slices-streaming-list", "slices-watch-too-old"]).SelectMany(name => Recording.Frames(name, format)),
        ];

        Fuzzing.Try(corpus, frame =>
        {
            Fuzzing.Allow<InvalidDataException>(() => _services.ReadEvent(format, new(frame)));
            Fuzzing.Allow<InvalidDataException>(() => _slices.ReadEvent(format, new(frame)));
        });
    }

    [Test]
    public void Streams()
    {
        byte[][] corpus = [.. ((string[])["services-watch", "slices-watch", "slices-streaming-list"]).Select(name => Recording.Body(name, format))];

        Fuzzing.Try(corpus, body => Fuzzing.Allow<InvalidDataException>(() => Fuzzing.Allow<EndOfStreamException>(() => ReadAll(body))));
    }

    [Test]
    public void Statuses() => Fuzzing.Try(
        [Recording.Body("unauthorized", WireFormat.Json), Recording.Body("notfound", WireFormat.Json), .. Recording.Frames("slices-watch-too-old", format)],
        body =>
        {
            Fuzzing.Allow<InvalidDataException>(() => StatusReader.ReadBody(format, new(body)));
            Fuzzing.Allow<InvalidDataException>(() => StatusReader.Read(format, new(body)));
        });

    [Test]
    public void Heads() => Fuzzing.Try([.. Recording.Frames("services-watch", format)], body => ObjectHead.Of(format, new(body)));

    private void ReadAll(byte[] body)
    {
        var frames = new FrameReader(PipeReader.Create(new MemoryStream(body)), format, LongestFrame);
        do
        {
            while (frames.TryRead(out var frame))
            {
                _slices.ReadEvent(format, frame);
            }
        }
        while (frames.FillAsync(default).AsTask().GetAwaiter().GetResult());
    }
}
