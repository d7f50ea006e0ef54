namespace KubeProxyNext.Config.Kinds;

/// <summary>Any text.</summary>
internal sealed class TextKind(string name) : ValueKind<string>(name, "a single value")
{
    internal override bool TryParse(string text, out string value)
    {
        value = text;
        return true;
    }

    internal override bool IsZero(string value) => value.Length == 0;

    internal override string Print(string value) => value;
}
