using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeProxyNext.Cluster.Api.Auth;

/// <summary>A certificate with its private key and the intermediates to send along, ready for TLS.</summary>
internal sealed class ClientCertificate
{
    private ClientCertificate(SslStreamCertificateContext context) => Context = context;

    public SslStreamCertificateContext Context { get; }

    /// <param name="certificate">PEM: the certificate, then its intermediates.</param>
    /// <param name="key">PEM: an RSA or EC key, PKCS#1, SEC 1 or PKCS#8, without a password.</param>
    /// <param name="what">Whose they are, for the message.</param>
    /// <exception cref="ApiConfigException">They are not PEM, or do not belong together.</exception>
    public static ClientCertificate FromPem(byte[] certificate, byte[] key, string what)
    {
        try
        {
            var pem = Encoding.UTF8.GetString(certificate);
            var leaf = X509Certificate2.CreateFromPem(pem, Encoding.UTF8.GetString(key));
            var all = new X509Certificate2Collection();
            all.ImportFromPem(pem);
            return new(SslStreamCertificateContext.Create(leaf, all, offline: true));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new ApiConfigException(
                $"{what}: not a PEM certificate with its unencrypted private key (do the two belong together?): {e.Message}", e);
        }
    }
}
