namespace KubeProxyNext.Cluster.Api.Config;

/// <summary>Reads files of a configuration, which are small.</summary>
internal static class BoundedFile
{
    /// <summary>In bytes. A bundle of all certificate authorities that browsers trust has a quarter of it.</summary>
    internal const int Longest = 1 << 20;

    /// <exception cref="IOException">It cannot be read, or is larger: a device never ends.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be read.</exception>
    public static byte[] Read(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException("it is a folder");
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[4096];
        using var content = new MemoryStream();
        for (int length; (length = file.Read(buffer)) > 0;)
        {
            content.Write(buffer, 0, length);
            if (content.Length > Longest)
            {
                throw new IOException($"it has more than {Longest} bytes");
            }
        }

        return content.ToArray();
    }
}
