using System.Text.Json;
using KubeProxyNext.Config.File;

namespace KubeProxyNext.Config.Kinds;

/// <summary>True or false, as Go and YAML 1.1 write them.</summary>
/// <param name="alsoTrue">A word of its own that means true; null for none.</param>
internal sealed class SwitchKind(string? alsoTrue = null) : ValueKind<bool>("true|false", "true or false")
{
    internal override bool IsSwitch => true;

    internal override bool TryParse(string text, out bool value)
    {
        value = text is "1" or "t" or "T" or "true" or "True" or "TRUE" || (alsoTrue is not null && text == alsoTrue);
        return value || text is "0" or "f" or "F" or "false" or "False" or "FALSE";
    }

    internal override bool TryRead(FileNode node, out bool value)
    {
        value = node is FileScalar { Text: "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" };
        return value || node is FileScalar { Text: "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" };
    }

    internal override bool IsZero(bool value) => !value;

    internal override string Print(bool value) => value ? "true" : "false";

    internal override void Write(Utf8JsonWriter json, bool value) => json.WriteBooleanValue(value);
}
