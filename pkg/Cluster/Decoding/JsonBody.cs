using System.Buffers;
using System.Text.Json;
using KubeProxyNext.Cluster.Protobuf;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>Takes the envelopes off JSON bodies: lists and watch events.</summary>
internal static class JsonBody
{
    /// <exception cref="InvalidDataException">The body is not a list of that kind.</exception>
    public static ListBody ReadList(ReadOnlySequence<byte> body, string kind) => Guard(body, body =>
    {
        var (metadata, items, found) = (new ListMeta(), new List<ReadOnlySequence<byte>>(), "");
        var reader = Open(body);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Enter(ref reader, "metadata"u8))
            {
                metadata = Parse<ListMeta>(Value(ref reader, body));
            }
            else if (Enter(ref reader, "kind"u8))
            {
                found = reader.GetString() ?? "";
            }
            else if (Enter(ref reader, "items"u8))
            {
                ReadItems(ref reader, body, items);
            }
            else
            {
                reader.Skip();
            }
        }

        return found == kind
            ? new ListBody(metadata, items)
            : throw new InvalidDataException($"the body is of kind '{found}', not '{kind}'");
    });

    /// <exception cref="InvalidDataException">The line is not an event.</exception>
    public static EventBody ReadEvent(ReadOnlySequence<byte> line) => Guard(line, line =>
    {
        var (type, content) = ("", ReadOnlySequence<byte>.Empty);
        var reader = Open(line);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Enter(ref reader, "type"u8))
            {
                type = reader.GetString() ?? "";
            }
            else if (Enter(ref reader, "object"u8))
            {
                content = Value(ref reader, line);
            }
            else
            {
                reader.Skip();
            }
        }

        return new EventBody(type, KindOf(content), content);
    });

    /// <exception cref="InvalidDataException">The bytes are not such a message; the message says where.</exception>
    public static T Parse<T>(ReadOnlySequence<byte> bytes)
        where T : class => Guard(bytes, bytes =>
    {
        var reader = new Utf8JsonReader(bytes);
        return JsonSerializer.Deserialize(ref reader, KubernetesJson.TypeInfo<T>())
            ?? throw new InvalidDataException("null where an object was expected");
    });

    // The member 'kind', which the API writes first; empty where there is none.
    private static string KindOf(ReadOnlySequence<byte> content)
    {
        var reader = Open(content);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Enter(ref reader, "kind"u8))
            {
                return reader.GetString() ?? "";
            }

            reader.Skip();
        }

        return "";
    }

    private static Utf8JsonReader Open(ReadOnlySequence<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject
            ? reader
            : throw new InvalidDataException("the body is not a JSON object");
    }

    // On to the value, if the reader stands at a member of this name.
    private static bool Enter(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.ValueTextEquals(name) && reader.Read();

    private static ReadOnlySequence<byte> Value(ref Utf8JsonReader reader, ReadOnlySequence<byte> body)
    {
        var start = reader.TokenStartIndex;
        reader.Skip();
        return body.Slice(start, reader.BytesConsumed - start);
    }

    private static void ReadItems(ref Utf8JsonReader reader, ReadOnlySequence<byte> body, List<ReadOnlySequence<byte>> items)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new InvalidDataException("'items' is not a list");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Value(ref reader, body));
        }
    }

    // Messages refuse nulls within lists with ArgumentNullException; a reader refuses broken text with the others.
    private static T Guard<T>(ReadOnlySequence<byte> body, Func<ReadOnlySequence<byte>, T> read)
    {
        try
        {
            return read(body);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }
}
