namespace KubeProxyNext.Config.File;

/// <param name="Entries">In the order of the file; a key may come twice.</param>
internal sealed record FileMapping(long Line, IReadOnlyList<(string Key, long Line, FileNode Value)> Entries) : FileNode(Line)
{
    /// <summary>The scalar under the key; empty where there is none.</summary>
    public string Text(string key) => Entries.LastOrDefault(entry => entry.Key == key).Value is FileScalar scalar ? scalar.Text : "";

    public override string ToString() => "a mapping";
}
