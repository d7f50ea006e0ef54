namespace KubeProxyNext.Cluster.Api.Config;

/// <summary>Bytes that a configuration holds inline or names a file for.</summary>
/// <param name="What">The key and where it stands, for messages: <c>client-key of user "me" in /etc/proxy.conf</c>.</param>
/// <param name="File">Absolute path; null when inline.</param>
/// <param name="Inline">The decoded content; null when in a file.</param>
internal sealed record DataSource(string What, string? File, byte[]? Inline)
{
    /// <summary>The content of this moment.</summary>
    /// <exception cref="ApiConfigException">The file cannot be read.</exception>
    public byte[] Read()
    {
        if (Inline is not null)
        {
            return Inline;
        }

        try
        {
            return BoundedFile.Read(File!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ApiConfigException($"{What}: cannot read {File}: {e.Message}", e);
        }
    }
}
