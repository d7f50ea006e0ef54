namespace KubeProxyNext.Cluster.Api.Config;

/// <summary>Reads the pairs of keys that name a file or hold its content: <c>client-key</c> and <c>client-key-data</c>.</summary>
internal static class DataReader
{
    /// <summary>Null where neither key is there; the inline data win, as in kubectl.</summary>
    public static DataSource? Read(YamlSection section, string key)
    {
        var dataKey = key + "-data";
        if (section.Text(dataKey) is { } base64)
        {
            return new($"{dataKey} of {section.Title}", null, Decode(section, dataKey, base64));
        }

        return ReadFile(section, key);
    }

    /// <summary>The key holds a path, relative to the folder of the kubeconfig.</summary>
    public static DataSource? ReadFile(YamlSection section, string key) =>
        section.Text(key) is { } path ? new($"{key} of {section.Title}", BesideFile(section, path), null) : null;

    public static string BesideFile(YamlSection section, string path) =>
        Path.GetFullPath(path, Path.GetDirectoryName(section.File)!);

    private static byte[] Decode(YamlSection section, string key, string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw section.Fault(key, $"of {section.Title} is not base64; put a file name under {key[..^"-data".Length]} instead");
        }
    }
}
