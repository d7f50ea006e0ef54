using System.Buffers;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Decoding;

namespace KubeProxyNext.Unit.Cluster.Decoding;

/// <summary>Bodies that came to harm: whatever the bytes, an answer or <see cref="InvalidDataException"/>, never anything else.</summary>
[TestFixture(WireFormat.Protobuf)]
[TestFixture(WireFormat.Json)]
internal sealed class BrokenBodyTests(WireFormat format)
{
    private const int Rounds = 500;

    private readonly ServiceCodec _services = new(new ProblemList(), new());
    private readonly EndpointSliceCodec _slices = new(new ProblemList(), new());
    private readonly NodeCodec _nodes = new(new ProblemList(), new(), "node-a");

    [Test]
    public void TruncatedList_IsInvalidOrWhole([Values("services-list", "slices-list")] string name)
    {
        var body = Recording.Body(name, format);

        var counts = Enumerable.Range(0, body.Length).Select(length => CountItems(name, body[..length])).Distinct();

        Assert.That(counts, Is.EquivalentTo(new int?[] { null, 3 }), "a list that lost its end never passes for a shorter one");
    }

    [Test]
    public void MutatedList_NeverThrowsAnythingElse([Values("services-list", "slices-list", "nodes-list")] string name)
    {
        var random = new Random(17);
        var body = Recording.Body(name, format);

        Assert.DoesNotThrow(() => Repeat(() => Survives(() => ReadList(name, Mutate(body, random)))));
    }

    [Test]
    public void MutatedEvents_NeverThrowAnythingElse([Values("services-watch", "slices-watch", "slices-watch-too-old")] string name)
    {
        var random = new Random(18);
        var frames = Recording.Frames(name, format).ToList();

        Assert.DoesNotThrow(() => Repeat(() =>
            Survives(() => ReadEvent(name, Mutate(frames[random.Next(frames.Count)], random)))));
    }

    [Test]
    public void ListOfAnotherKind_IsInvalid() =>
        Assert.That(() => ReadList("nodes-list", Recording.Body("slices-list", format)), Throws.InstanceOf<InvalidDataException>());

    [Test]
    public void BodyInManyPieces_ReadsAsInOne()
    {
        var body = Recording.Body("slices-list", format);

        var page = _slices.ReadList(format, Pieces(body, 7));

        Assert.That(page.Items, Is.EqualTo(_slices.ReadList(format, new(body)).Items));
    }

    private int? CountItems(string name, byte[] body)
    {
        try
        {
            return ReadList(name, body);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static void Repeat(Action round)
    {
        for (var i = 0; i < Rounds; i++)
        {
            round();
        }
    }

    private static void Survives(Action read)
    {
        try
        {
            read();
        }
        catch (InvalidDataException)
        {
            // This is the one answer that is allowed.
        }
    }

    // One to four bytes changed to anything, and at times the end cut off.
    private static byte[] Mutate(byte[] body, Random random)
    {
        var copy = body[..(random.Next(4) == 0 ? random.Next(body.Length) + 1 : body.Length)];
        for (var i = random.Next(4); i >= 0; i--)
        {
            copy[random.Next(copy.Length)] = (byte)random.Next(256);
        }

        return copy;
    }

    private static ReadOnlySequence<byte> Pieces(byte[] body, int length)
    {
        var first = new Piece(body.AsMemory(0, length), null);
        var last = first;
        for (var at = length; at < body.Length; at += length)
        {
            last = new Piece(body.AsMemory(at, Math.Min(length, body.Length - at)), last);
        }

        return new(first, 0, last, last.Memory.Length);
    }

    private int ReadList(string name, byte[] body) => name switch
    {
        "services-list" => _services.ReadList(format, new(body)).Items.Count,
        "slices-list" => _slices.ReadList(format, new(body)).Items.Count,
        _ => _nodes.ReadList(format, new(body)).Items.Count,
    };

    private void ReadEvent(string name, byte[] frame)
    {
        if (name == "services-watch")
        {
            _services.ReadEvent(format, new(frame));
        }
        else
        {
            _slices.ReadEvent(format, new(frame));
        }
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
