using System.Buffers;
using System.Text;
using Google.Protobuf;
using KubeProxyNext.Cluster.Protobuf;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>Takes the envelopes off protobuf bodies: the magic bytes, <c>Unknown</c>, lists and watch events.</summary>
internal static class ProtobufBody
{
    // The field numbers of runtime.proto, meta.proto and of every list.
    private const int ListMetadata = 1;
    private const int ListItems = 2;

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <exception cref="InvalidDataException">The body is not a list of that kind.</exception>
    public static ListBody ReadList(ReadOnlySequence<byte> body, string kind)
    {
        var found = Unwrap(body, out var list);
        if (found != kind)
        {
            throw new InvalidDataException($"the body is of kind '{found}', not '{kind}'");
        }

        var metadata = new ListMeta();
        var items = new List<ReadOnlySequence<byte>>();
        var fields = new ProtobufFields(list);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case ListMetadata:
                    metadata = Parse(ListMeta.Parser, fields.Value);
                    break;
                case ListItems:
                    items.Add(fields.Value);
                    break;
            }
        }

        return new(metadata, items);
    }

    /// <exception cref="InvalidDataException">The frame is not an event.</exception>
    public static EventBody ReadEvent(ReadOnlySequence<byte> frame)
    {
        var type = "";
        var extension = ReadOnlySequence<byte>.Empty;
        var fields = new ProtobufFields(frame);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case WatchEvent.TypeFieldNumber:
                    type = Encoding.UTF8.GetString(fields.Value);
                    break;
                case WatchEvent.ObjectFieldNumber:
                    extension = fields.Value;
                    break;
            }
        }

        var kind = Unwrap(Find(extension, RawExtension.RawFieldNumber) ?? default, out var raw);
        return new(type, kind, raw);
    }

    /// <summary>Takes off the magic bytes and <c>Unknown</c>; returns the kind of what is inside.</summary>
    /// <exception cref="InvalidDataException">There is no such envelope.</exception>
    public static string Unwrap(ReadOnlySequence<byte> body, out ReadOnlySequence<byte> raw)
    {
        var reader = new SequenceReader<byte>(body);
        if (!reader.IsNext(Magic, advancePast: true))
        {
            throw new InvalidDataException("the body does not begin with the mark of Kubernetes protobuf");
        }

        // Nothing says how long the body is: cut off before the object it would pass for an empty list.
        var unknown = reader.UnreadSequence;
        raw = Find(unknown, Unknown.RawFieldNumber) ?? throw new InvalidDataException("the body holds no object");
        var typeMeta = Find(unknown, Unknown.TypeMetaFieldNumber) ?? throw new InvalidDataException("the body says no kind");
        return Parse(TypeMeta.Parser, typeMeta).Kind;
    }

    /// <exception cref="InvalidDataException">The bytes are not such a message.</exception>
    public static T Parse<T>(MessageParser<T> parser, ReadOnlySequence<byte> bytes)
        where T : IMessage<T>
    {
        try
        {
            return parser.WithDiscardUnknownFields(true).ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private static ReadOnlySequence<byte>? Find(ReadOnlySequence<byte> message, int field)
    {
        var fields = new ProtobufFields(message);
        while (fields.Next())
        {
            if (fields.Field == field)
            {
                return fields.Value;
            }
        }

        return null;
    }
}
