using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace KubeProxyNext.Config;

/// <summary>Writes JSON as YAML for people.</summary>
internal static partial class YamlText
{
    internal static string Of(JsonElement root)
    {
        var yaml = new StringBuilder();
        WriteObject(yaml, root, "");
        return yaml.ToString();
    }

    private static void WriteObject(StringBuilder yaml, JsonElement mapping, string indent)
    {
        foreach (var property in mapping.EnumerateObject())
        {
            yaml.Append(indent).Append(Scalar(property.Name)).Append(':');
            WriteValue(yaml, property.Value, indent);
        }
    }

    private static void WriteValue(StringBuilder yaml, JsonElement value, string indent)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().Any():
                yaml.Append('\n');
                WriteObject(yaml, value, indent + "  ");
                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0:
                yaml.Append('\n');
                foreach (var item in value.EnumerateArray())
                {
                    WriteItem(yaml, item, indent);
                }

                break;
            default:
                yaml.Append(' ').Append(value.ValueKind == JsonValueKind.String ? Scalar(value.GetString()!) : value.GetRawText()).Append('\n');
                break;
        }
    }

    private static void WriteItem(StringBuilder yaml, JsonElement item, string indent)
    {
        yaml.Append(indent).Append('-');
        if (item.ValueKind == JsonValueKind.Object)
        {
            // JSON is YAML.
            yaml.Append(' ').Append(item.GetRawText()).Append('\n');
        }
        else
        {
            WriteValue(yaml, item, indent);
        }
    }

    // What a reader of any version could take for something else than text is quoted; JSON's quotes are YAML's.
    private static string Scalar(string text) => Plain().IsMatch(text) && !IsOther(text) ? text : $"\"{JsonEncodedText.Encode(text)}\"";

    private static bool IsOther(string text) =>
        text.ToLowerInvariant() is "true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n" or "null"
        || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        || NumberLike().IsMatch(text);

    [GeneratedRegex("^[A-Za-z0-9/]([A-Za-z0-9/_.:-]*[A-Za-z0-9/_])?$")]
    private static partial Regex Plain();

    [GeneratedRegex("^([0-9]+(:[0-9]+)+|[0-9]+-[0-9-]+|0[xob][0-9a-fA-F]+)$")]
    private static partial Regex NumberLike();
}
