using System.Text.Json;
using KubeProxyNext.Config.File;
using KubeProxyNext.Model;

namespace KubeProxyNext.Config.Kinds;

/// <summary>Texts, with commas or one by one.</summary>
internal sealed class TextsKind() : ValueKind<ValueArray<string>>("list", "a list")
{
    internal override bool TryParse(string text, out ValueArray<string> value)
    {
        value = text.Length == 0 ? [] : [.. text.Split(',', StringSplitOptions.TrimEntries)];
        return true;
    }

    internal override bool TryRead(FileNode node, out ValueArray<string> value)
    {
        value = [];
        if (node is not FileList list || list.Items.Any(item => item is not FileScalar))
        {
            return false;
        }

        value = [.. list.Items.Cast<FileScalar>().Select(item => item.Text)];
        return true;
    }

    internal override ValueArray<string> Add(ValueArray<string> before, ValueArray<string> more) => [.. before, .. more];

    internal override bool IsZero(ValueArray<string> value) => value.IsEmpty;

    internal override string Print(ValueArray<string> value) => string.Join(',', value);

    internal override void Write(Utf8JsonWriter json, ValueArray<string> value)
    {
        json.WriteStartArray();
        foreach (var text in value)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
