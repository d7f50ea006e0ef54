namespace KubeProxyNext.Config.File;

/// <summary>A part of a file that knows where it stands, and keeps what is there twice.</summary>
/// <param name="Line">Counted from 1.</param>
internal abstract record FileNode(long Line)
{
    /// <summary>Whether it says nothing.</summary>
    public virtual bool IsNull => false;
}
