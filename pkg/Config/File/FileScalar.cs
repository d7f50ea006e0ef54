namespace KubeProxyNext.Config.File;

/// <summary>A single value.</summary>
/// <param name="IsPlain">Whether it stands there without quotes.</param>
internal sealed record FileScalar(long Line, string Text, bool IsPlain) : FileNode(Line)
{
    public override bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string ToString() => $"'{Text}'";
}
