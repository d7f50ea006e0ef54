namespace KubeProxyNext.Config.File;

internal sealed record FileList(long Line, IReadOnlyList<FileNode> Items) : FileNode(Line)
{
    public override string ToString() => "a list";
}
