namespace KubeProxyNext.Unit.Manifests;

/// <summary>The folder of the sources, found upwards from the tests.</summary>
internal static class Sources
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "KubeProxyNext.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
