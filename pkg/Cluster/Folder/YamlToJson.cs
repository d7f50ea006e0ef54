using System.Buffers;
using System.Globalization;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeProxyNext.Cluster.Folder;

/// <summary>
/// Writes a YAML tree as JSON, so that manifests are decoded as the API's answers are. What is quoted is text; what is not is
/// a number, a truth value or null if it looks like one. Nulls are left out: they mean "not set".
/// </summary>
internal static class YamlToJson
{
    // An object of the API is below 2 MB; aliases can make much more of a small file.
    private const int MaxBytes = 16 << 20;
    private const int MaxDepth = 64;

    /// <exception cref="InvalidDataException">The tree is too deep or too large.</exception>
    public static ReadOnlyMemory<byte> Convert(YamlNode root)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        Write(writer, root);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter writer, YamlNode node)
    {
        if (writer.CurrentDepth > MaxDepth || writer.BytesCommitted + writer.BytesPending > MaxBytes)
        {
            throw new InvalidDataException("too deep or too large; does an alias hold itself?");
        }

        switch (node)
        {
            case YamlMappingNode mapping:
                WriteMapping(writer, mapping);
                break;
            case YamlSequenceNode list:
                WriteList(writer, list);
                break;
            case YamlScalarNode scalar:
                WriteScalar(writer, scalar);
                break;
        }
    }

    private static void WriteMapping(Utf8JsonWriter writer, YamlMappingNode mapping)
    {
        writer.WriteStartObject();
        foreach (var (key, value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { } name } && !IsNull(value))
            {
                writer.WritePropertyName(name);
                Write(writer, value);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, YamlSequenceNode list)
    {
        writer.WriteStartArray();
        foreach (var item in list.Where(item => !IsNull(item)))
        {
            Write(writer, item);
        }

        writer.WriteEndArray();
    }

    private static void WriteScalar(Utf8JsonWriter writer, YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any))
        {
            writer.WriteStringValue(text);
        }
        else if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
        {
            writer.WriteBooleanValue(text[0] is 't' or 'T');
        }
        else if (IsNumber(text, out var number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }

    private static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    // A leading zero makes an octal number of it in one version of YAML and not in the other: it stays text, and is refused.
    private static bool IsNumber(string text, out decimal number)
    {
        number = 0;
        var digits = text.AsSpan().TrimStart('-');
        return digits is [>= '0' and <= '9', ..]
            && (digits.Length == 1 || digits[0] != '0' || digits[1] == '.')
            && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }
}
