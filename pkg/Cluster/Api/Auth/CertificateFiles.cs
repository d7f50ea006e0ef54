using KubeProxyNext.Cluster.Api.Config;

namespace KubeProxyNext.Cluster.Api.Auth;

/// <summary>A client certificate and its key, loaded anew when either changes. Not thread-safe.</summary>
internal sealed class CertificateFiles(DataSource certificate, DataSource key)
{
    private byte[] _certificateBytes = [];
    private byte[] _keyBytes = [];
    private ClientCertificate? _current;

    /// <summary>
    /// Compares contents, not times: a mounted Secret changes through a link above the file, whose own times stay. What
    /// cannot be read or does not match (yet: two files do not change at once) leaves the last pair in use.
    /// </summary>
    public ClientCertificate Current()
    {
        try
        {
            var (newCertificate, newKey) = (certificate.Read(), key.Read());
            if (_current is null || !_certificateBytes.AsSpan().SequenceEqual(newCertificate) || !_keyBytes.AsSpan().SequenceEqual(newKey))
            {
                _current = ClientCertificate.FromPem(newCertificate, newKey, $"{certificate.What} and {key.What}");
                (_certificateBytes, _keyBytes) = (newCertificate, newKey);
            }
        }
        catch (ApiConfigException) when (_current is not null)
        {
        }

        return _current!;
    }
}
