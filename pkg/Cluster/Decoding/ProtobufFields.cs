using System.Buffers;
using Google.Protobuf;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>
/// Walks over the fields of a protobuf message without copying: what has a length is a slice of the input, the rest is skipped.
/// </summary>
internal ref struct ProtobufFields(ReadOnlySequence<byte> message)
{
    private SequenceReader<byte> _reader = new(message);

    /// <summary>The number of the field that was found.</summary>
    public int Field { get; private set; }

    /// <summary>The bytes of the field that was found.</summary>
    public ReadOnlySequence<byte> Value { get; private set; }

    /// <summary>Goes to the next field that has a length.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a message.</exception>
    public bool Next()
    {
        while (!_reader.End)
        {
            var tag = ReadVarint();
            Field = (int)(tag >> 3 & int.MaxValue);
            switch (tag & 7)
            {
                case (uint)WireFormat.WireType.LengthDelimited:
                    Value = Take(ReadVarint());
                    return true;
                case (uint)WireFormat.WireType.Varint:
                    ReadVarint();
                    break;
                case (uint)WireFormat.WireType.Fixed32:
                    Take(4);
                    break;
                case (uint)WireFormat.WireType.Fixed64:
                    Take(8);
                    break;
                default:
                    throw new InvalidDataException($"protobuf: field {Field} has wire type {tag & 7}");
            }
        }

        return false;
    }

    private ReadOnlySequence<byte> Take(ulong length)
    {
        if (length > (ulong)_reader.Remaining)
        {
            throw new InvalidDataException($"protobuf: field {Field} needs {length} bytes where {_reader.Remaining} are left");
        }

        var taken = _reader.UnreadSequence.Slice(0, (long)length);
        _reader.Advance((long)length);
        return taken;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (!_reader.TryRead(out var next))
            {
                throw new InvalidDataException("protobuf: the message ends within a number");
            }

            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("protobuf: a number has more than 10 bytes");
    }
}
