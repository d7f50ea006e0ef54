namespace KubeProxyNext.Cluster.Api.Config;

/// <summary>Reads a <c>cluster</c> of a kubeconfig.</summary>
internal static class ClusterReader
{
    public static ApiServerConfig Read(YamlSection cluster, Uri server)
    {
        var authority = DataReader.Read(cluster, "certificate-authority");
        var skipVerify = cluster.Flag("insecure-skip-tls-verify");
        if (authority is not null && skipVerify)
        {
            throw cluster.Fault(
                "insecure-skip-tls-verify", $"contradicts the certificate-authority of {cluster.Title}: remove one of the two");
        }

        return new ApiServerConfig
        {
            Server = server,
            Origin = cluster.Title,
            CertificateAuthority = authority,
            SkipTlsVerify = skipVerify,
            TlsServerName = cluster.Text("tls-server-name"),
            Proxy = ProxyOf(cluster),
            DisableCompression = cluster.Flag("disable-compression"),
        };
    }

    private static Uri? ProxyOf(YamlSection cluster)
    {
        if (cluster.Text("proxy-url") is not { } text)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var proxy) && proxy.Scheme is "http" or "https" or "socks5"
            ? proxy
            : throw cluster.Fault("proxy-url", $"should be a URL with http, https or socks5, not '{text}'");
    }
}
