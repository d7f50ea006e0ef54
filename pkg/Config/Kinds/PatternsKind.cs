using System.Text.Json;
using KubeProxyNext.Config.File;
using KubeProxyNext.Model;

namespace KubeProxyNext.Config.Kinds;

/// <summary>Verbosities of files of source: <c>pattern=2,other=4</c>.</summary>
internal sealed class PatternsKind() : ValueKind<ValueArray<string>>("pattern=number,...", "patterns with numbers, like pattern=2,other=4")
{
    internal override bool TryParse(string text, out ValueArray<string> value)
    {
        value = [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        return value.All(item => item.Split('=') is [{ Length: > 0 }, var number] && uint.TryParse(number, out _));
    }

    internal override bool TryRead(FileNode node, out ValueArray<string> value)
    {
        value = [];
        if (node is not FileList list || list.Items.Any(item => item is not FileMapping))
        {
            return false;
        }

        value = [.. list.Items.Cast<FileMapping>().Select(item => $"{item.Text("filePattern")}={item.Text("verbosity")}")];
        return TryParse(Print(value), out value);
    }

    internal override ValueArray<string> Add(ValueArray<string> before, ValueArray<string> more) => [.. before, .. more];

    internal override bool IsZero(ValueArray<string> value) => value.IsEmpty;

    internal override string Print(ValueArray<string> value) => string.Join(',', value);

    internal override void Write(Utf8JsonWriter json, ValueArray<string> value)
    {
        json.WriteStartArray();
        foreach (var item in value.Select(item => item.Split('=')))
        {
            json.WriteStartObject();
            json.WriteString("filePattern", item[0]);
            json.WriteNumber("verbosity", uint.Parse(item[1]));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
