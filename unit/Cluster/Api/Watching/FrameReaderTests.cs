using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Api.Watching;

namespace KubeProxyNext.Unit.Cluster.Api.Watching;

public sealed class FrameReaderTests
{
    private static readonly string[] Events = ["one", "", "a longer one", "3"];

    [Test]
    public async Task Json_LinesComeOut_HoweverTheyArrive([Values(1, 2, 5, 100)] int piece)
    {
        var stream = Encoding.UTF8.GetBytes(string.Join('\n', Events) + "\n");

        Assert.That(await ReadAsync(stream, WireFormat.Json, piece), Is.EqualTo(["one", "a longer one", "3"]), "empty lines are none");
    }

    [Test]
    public async Task Protobuf_FramesComeOut_HoweverTheyArrive([Values(1, 2, 5, 100)] int piece) =>
        Assert.That(await ReadAsync([.. Events.SelectMany(Framed)], WireFormat.Protobuf, piece), Is.EqualTo(Events));

    [Test]
    public void Stream_EndsWithinAFrame_IsNoCleanEnd([Values] WireFormatCase format)
    {
        byte[] stream = format == WireFormatCase.Json ? [.. "one\ntw"u8] : [.. Framed("one"), .. Framed("two")[..^1]];

        Assert.That(async () => await ReadAsync(stream, (WireFormat)format, 3), Throws.TypeOf<EndOfStreamException>());
    }

    [Test]
    public void Frame_TooLong_IsRefusedBeforeItIsThere_AndTheLimitIsSaid([Values] WireFormatCase format)
    {
        byte[] stream = format == WireFormatCase.Json ? [.. Enumerable.Repeat((byte)'x', 200)] : [0, 0, 0, 101];

        Assert.That(
            async () => await ReadAsync(stream, (WireFormat)format, 50), Throws.TypeOf<InvalidDataException>().With.Message.Contains("limit is 100"));
    }

    /// <summary>The wire formats, for the public signature of a test.</summary>
    public enum WireFormatCase
    {
        Protobuf = WireFormat.Protobuf,
        Json = WireFormat.Json,
    }

    private static byte[] Framed(string text)
    {
        var bytes = new byte[4 + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, text.Length);
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(4));
        return bytes;
    }

    private static async Task<List<string>> ReadAsync(byte[] stream, WireFormat format, int piece)
    {
        var pipe = PipeReader.Create(new PiecewiseStream(stream, piece), new StreamPipeReaderOptions(bufferSize: 16, minimumReadSize: 1));
        var reader = new FrameReader(pipe, format, longest: 100);
        var frames = new List<string>();
        do
        {
            while (reader.TryRead(out var frame))
            {
                frames.Add(Encoding.UTF8.GetString(frame));
            }
        }
        while (await reader.FillAsync(default));

        return frames;
    }

    private sealed class PiecewiseStream(byte[] content, int piece) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, piece)], cancellationToken);
    }
}
