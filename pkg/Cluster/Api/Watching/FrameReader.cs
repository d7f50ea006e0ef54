using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace KubeProxyNext.Cluster.Api.Watching;

/// <summary>
/// Cuts a watch stream into its events where they lie, without a copy: lines for JSON; for protobuf, 4 bytes of length
/// (big-endian) and as many bytes.
/// </summary>
/// <param name="longest">In bytes; a longer frame is refused, not buffered.</param>
internal sealed class FrameReader(PipeReader pipe, WireFormat format, int longest)
{
    private const int LengthBytes = 4;

    private ReadOnlySequence<byte> _buffer;

    // So many bytes of the buffer are known to hold no end of line: each byte is looked at once.
    private long _scanned;

    /// <summary>Takes the next frame of what was read so far; it is good until <see cref="FillAsync"/> is called.</summary>
    /// <exception cref="InvalidDataException">The frame is too long.</exception>
    public bool TryRead(out ReadOnlySequence<byte> frame) =>
        format == WireFormat.Protobuf ? TryReadCounted(out frame) : TryReadLine(out frame);

    /// <summary>Waits for more bytes. False when the stream has ended, as a watch does when its time is up.</summary>
    /// <exception cref="EndOfStreamException">It ended within a frame.</exception>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        pipe.AdvanceTo(_buffer.Start, _buffer.End);
        var before = _buffer.Length;
        var result = await pipe.ReadAsync(cancellationToken);
        _buffer = result.Buffer;
        if (_buffer.Length > before)
        {
            return true;
        }

        return before == 0 ? false : throw new EndOfStreamException($"the stream ended within an object, after {before} bytes of it");
    }

    private bool TryReadCounted(out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (_buffer.Length < LengthBytes)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[LengthBytes];
        _buffer.Slice(0, LengthBytes).CopyTo(bytes);
        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        CheckLength(length);
        if (_buffer.Length - LengthBytes < length)
        {
            return false;
        }

        frame = _buffer.Slice(LengthBytes, length);
        _buffer = _buffer.Slice(frame.End);
        return true;
    }

    private bool TryReadLine(out ReadOnlySequence<byte> frame)
    {
        while (_buffer.Slice(_scanned).PositionOf((byte)'\n') is { } end)
        {
            frame = _buffer.Slice(0, end);
            _buffer = _buffer.Slice(_buffer.GetPosition(1, end));
            _scanned = 0;
            if (!frame.IsEmpty)
            {
                return true;
            }
        }

        frame = default;
        _scanned = _buffer.Length;
        CheckLength(_scanned);
        return false;
    }

    private void CheckLength(long length)
    {
        if (length > longest)
        {
            throw new InvalidDataException($"an event of {length} bytes or more; the limit is {longest}");
        }
    }
}
