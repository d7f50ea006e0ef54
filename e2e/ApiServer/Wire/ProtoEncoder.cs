using System.Globalization;
using System.Text;
using System.Text.Json;

namespace KubeProxyNext.ApiServer.Wire;

/// <summary>
/// Makes protobuf of JSON by a table of fields. It is written apart from the messages that the proxy decodes with, so that a
/// wrong field number there is found here; and it is byte for byte what the real server sends, zero values included.
/// </summary>
internal static class ProtoEncoder
{
    [ThreadStatic]
    private static ProtoWriter? _writer;

    public static byte[] Encode(ProtoMessage message, JsonElement json)
    {
        var writer = _writer ??= new ProtoWriter();
        writer.Reset();
        Fields(writer, message, json);
        return writer.ToArray();
    }

    private static void Fields(ProtoWriter writer, ProtoMessage message, JsonElement json)
    {
        for (var i = message.Fields.Length - 1; i >= 0; i--)
        {
            var field = message.Fields[i];
            var value = json.ValueKind == JsonValueKind.Object && json.TryGetProperty(field.Name, out var found) ? found : default;
            Field(writer, field, value.ValueKind == JsonValueKind.Null ? default : value);
        }
    }

    private static void Field(ProtoWriter writer, ProtoField field, JsonElement value)
    {
        var isSet = value.ValueKind != JsonValueKind.Undefined;
        switch (field.Presence)
        {
            case ProtoPresence.Always:
            case ProtoPresence.Optional when isSet:
                Value(writer, field, field.Number, value);
                break;
            case ProtoPresence.Repeated when isSet:
                Repeated(writer, field, value);
                break;
            case ProtoPresence.Map when isSet:
                Map(writer, field, value);
                break;
        }
    }

    private static void Repeated(ProtoWriter writer, ProtoField field, JsonElement array)
    {
        JsonElement[] elements = [.. array.EnumerateArray()];
        for (var i = elements.Length - 1; i >= 0; i--)
        {
            Value(writer, field, field.Number, elements[i]);
        }
    }

    private static void Map(ProtoWriter writer, ProtoField field, JsonElement map)
    {
        foreach (var entry in map.EnumerateObject().OrderByDescending(e => e.Name, StringComparer.Ordinal))
        {
            var mark = writer.Length;
            Value(writer, field, 2, entry.Value);
            writer.Text(1, entry.Name);
            writer.Wrap(field.Number, mark);
        }
    }

    private static void Value(ProtoWriter writer, ProtoField field, int number, JsonElement value)
    {
        switch (field.Kind)
        {
            case ProtoKind.Text:
                writer.Text(number, TextOf(value));
                return;
            case ProtoKind.Number:
                writer.Number(number, value.ValueKind == JsonValueKind.Number ? value.GetInt64() : 0);
                return;
            case ProtoKind.Boolean:
                writer.Number(number, value.ValueKind == JsonValueKind.True ? 1 : 0);
                return;
        }

        var mark = writer.Length;
        Content(writer, field, value);
        writer.Wrap(number, mark);
    }

    private static void Content(ProtoWriter writer, ProtoField field, JsonElement value)
    {
        switch (field.Kind)
        {
            case ProtoKind.Message:
                Fields(writer, field.Message!, value);
                break;
            case ProtoKind.Time when value.ValueKind == JsonValueKind.String:
                Time(writer, value.GetString()!);
                break;
            case ProtoKind.IntOrString:
                IntOrString(writer, value);
                break;
            case ProtoKind.RawJson when value.ValueKind != JsonValueKind.Undefined:
                writer.Bytes(1, Encoding.UTF8.GetBytes(value.GetRawText()));
                break;
            case ProtoKind.Quantity:
                writer.Text(1, TextOf(value));
                break;
        }
    }

    private static void Time(ProtoWriter writer, string text)
    {
        var ticks = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        writer.Number(2, rest * TimeSpan.NanosecondsPerTick);
        writer.Number(1, seconds);
    }

    private static void IntOrString(ProtoWriter writer, JsonElement value)
    {
        var isText = value.ValueKind == JsonValueKind.String;
        writer.Text(3, isText ? value.GetString()! : "");
        writer.Number(2, value.ValueKind == JsonValueKind.Number ? value.GetInt32() : 0);
        writer.Number(1, isText ? 1 : 0);
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Undefined => "",
        _ => value.GetRawText(),
    };
}
