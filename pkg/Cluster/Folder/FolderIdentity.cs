namespace KubeProxyNext.Cluster.Folder;

/// <summary>Tells a folder from the one that took its place: where its path leads to, and when that was made.</summary>
internal readonly record struct FolderIdentity(string Path, DateTime Created)
{
    /// <summary>Null while there is no such folder.</summary>
    public static FolderIdentity? Of(string path)
    {
        try
        {
            var folder = Directory.ResolveLinkTarget(path, returnFinalTarget: true) ?? new DirectoryInfo(path);
            return Directory.Exists(folder.FullName) ? new(folder.FullName, folder.CreationTimeUtc) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
