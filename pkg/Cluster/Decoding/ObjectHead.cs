using System.Buffers;
using System.Text;
using System.Text.Json;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Protobuf;
using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>Which object it is and of which version: all that has to be known of one that cannot be used.</summary>
internal readonly record struct ObjectHead(ObjectName Name, string ResourceVersion)
{
    // The field of an object that holds its ObjectMeta.
    private const int Metadata = 1;

    /// <summary>Picks these out of the bytes without making anything of the rest; what is not there, or too long, is empty.</summary>
    public static ObjectHead Of(WireFormat format, ReadOnlySequence<byte> body)
    {
        try
        {
            return format == WireFormat.Protobuf ? OfProtobuf(body) : OfJson(body);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or InvalidOperationException)
        {
            // Then it has none.
            return new(default, "");
        }
    }

    private static ObjectHead OfProtobuf(ReadOnlySequence<byte> body)
    {
        var (space, name, version) = ("", "", "");
        var fields = new ProtobufFields(body);
        while (fields.Next())
        {
            if (fields.Field == Metadata)
            {
                var metadata = new ProtobufFields(fields.Value);
                while (metadata.Next())
                {
                    Take(metadata.Field, metadata.Value, ref space, ref name, ref version);
                }
            }
        }

        return Create(space, name, version);
    }

    private static void Take(int field, ReadOnlySequence<byte> value, ref string space, ref string name, ref string version)
    {
        switch (field)
        {
            case ObjectMeta.NamespaceFieldNumber:
                space = Text(value);
                break;
            case ObjectMeta.NameFieldNumber:
                name = Text(value);
                break;
            case ObjectMeta.ResourceVersionFieldNumber:
                version = Text(value);
                break;
        }
    }

    private static ObjectHead OfJson(ReadOnlySequence<byte> body)
    {
        var (space, name, version) = ("", "", "");
        var reader = new Utf8JsonReader(body);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("metadata"u8) || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!Take(ref reader, "namespace"u8, ref space) && !Take(ref reader, "name"u8, ref name) && !Take(ref reader, "resourceVersion"u8, ref version))
                {
                    reader.Skip();
                }
            }
        }

        return Create(space, name, version);
    }

    private static bool Take(ref Utf8JsonReader reader, ReadOnlySpan<byte> property, ref string text)
    {
        if (!reader.ValueTextEquals(property) || !reader.Read())
        {
            return false;
        }

        var length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        text = reader.TokenType == JsonTokenType.String && length <= ObjectLimits.Name ? reader.GetString()! : "";
        reader.Skip();
        return true;
    }

    private static string Text(ReadOnlySequence<byte> value) => value.Length <= ObjectLimits.Name ? Encoding.UTF8.GetString(value) : "";

    private static ObjectHead Create(string space, string name, string version) => new(name.Length > 0 ? new(space, name) : default, version);
}
