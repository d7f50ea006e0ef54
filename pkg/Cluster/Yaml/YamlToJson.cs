using System.Buffers;
using System.Globalization;
using System.Text.Json;
using KubeProxyNext.Cluster.Decoding;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeProxyNext.Cluster.Yaml;

/// <summary>
/// Writes a YAML tree as JSON, so that manifests are decoded as the API's answers are. What is quoted is text; what is not is
/// a number, a truth value or null if it looks like one.
/// </summary>
internal sealed class YamlToJson
{
    private const int MaxDepth = 64;

    // Nulls that are left out leave no trace in the length, but it takes time to find them.
    private const int MaxNodes = 4 << 20;

    private readonly Utf8JsonWriter _writer;
    private readonly bool _withNulls;
    private int _nodes;

    private YamlToJson(Utf8JsonWriter writer, bool withNulls) => (_writer, _withNulls) = (writer, withNulls);

    /// <summary>Nulls are left out: they mean "not set".</summary>
    /// <exception cref="InvalidDataException">The tree is too deep or too large: aliases can make much of a small file.</exception>
    public static ReadOnlyMemory<byte> Convert(YamlNode root)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        new YamlToJson(writer, withNulls: false).Write(root);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Writes it with its nulls.</summary>
    /// <inheritdoc cref="Convert" path="/exception"/>
    public static void Write(Utf8JsonWriter json, YamlNode root) => new YamlToJson(json, withNulls: true).Write(root);

    private void Write(YamlNode node)
    {
        if (_writer.CurrentDepth > MaxDepth || _writer.BytesCommitted + _writer.BytesPending > ObjectLimits.Object || ++_nodes > MaxNodes)
        {
            throw new InvalidDataException("too deep or too large; does an alias hold itself?");
        }

        switch (node)
        {
            case YamlMappingNode mapping:
                WriteMapping(mapping);
                break;
            case YamlSequenceNode list:
                WriteList(list);
                break;
            case var _ when IsNull(node):
                WriteNull();
                break;
            case YamlScalarNode scalar:
                WriteScalar(_writer, scalar);
                break;
        }
    }

    private void WriteMapping(YamlMappingNode mapping)
    {
        _writer.WriteStartObject();
        foreach (var (key, value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { } name } && (_withNulls || !IsNull(value)))
            {
                _writer.WritePropertyName(name);
                Write(value);
            }
        }

        _writer.WriteEndObject();
    }

    private void WriteList(YamlSequenceNode list)
    {
        _writer.WriteStartArray();
        foreach (var item in list)
        {
            Write(item);
        }

        _writer.WriteEndArray();
    }

    private void WriteNull()
    {
        if (_withNulls)
        {
            _writer.WriteNullValue();
        }
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
