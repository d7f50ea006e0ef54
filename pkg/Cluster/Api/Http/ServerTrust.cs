using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeProxyNext.Cluster.Api.Http;

/// <summary>
/// Whom to take for the API server: whoever the configured authorities signed, and them alone; whom the system trusts where
/// none is configured. The name is checked in both cases.
/// </summary>
internal sealed class ServerTrust
{
    private readonly ApiServerConfig _config;
    private readonly X509Certificate2Collection _authorities = [];

    /// <exception cref="ApiConfigException">The authorities cannot be read.</exception>
    public ServerTrust(ApiServerConfig config)
    {
        _config = config;
        if (config.CertificateAuthority is { } bundle)
        {
            Import(bundle);
        }
    }

    public SslClientAuthenticationOptions ToOptions(SslStreamCertificateContext? client) => new()
    {
        ClientCertificateContext = client,
        RemoteCertificateValidationCallback = Verify,
        CertificateChainPolicy = _authorities.Count == 0 ? null : Policy(),
    };

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }

    private void Import(Config.DataSource bundle)
    {
        try
        {
            _authorities.ImportFromPem(Encoding.UTF8.GetString(bundle.Read()));
        }
        catch (CryptographicException e)
        {
            throw new ApiConfigException($"{bundle.What}: not a PEM certificate: {e.Message}", e);
        }

        if (_authorities.Count == 0)
        {
            throw new ApiConfigException($"{bundle.What}: holds no PEM certificate (-----BEGIN CERTIFICATE-----)");
        }
    }

    private bool Verify(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var trusted = errors == SslPolicyErrors.None
            || _config.SkipTlsVerify
            || (errors == SslPolicyErrors.RemoteCertificateChainErrors && EndsAtIntermediateAuthority(chain!));
        return trusted ? trusted : throw new TlsTrustException(Explain(certificate as X509Certificate2, chain, errors));
    }

    // Like Go, take each certificate of the bundle for an anchor, be it self-signed or not.
    private bool EndsAtIntermediateAuthority(X509Chain chain) =>
        chain.ChainStatus.All(s => s.Status == X509ChainStatusFlags.PartialChain)
        && chain.ChainElements.Any(e => _authorities.Any(a => a.RawDataMemory.Span.SequenceEqual(e.Certificate.RawDataMemory.Span)));

    private string Explain(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return "the server showed no certificate";
        }

        if (errors == SslPolicyErrors.RemoteCertificateNameMismatch)
        {
            return $"its certificate is for {NamesOf(certificate)}, not for {_config.TlsServerName ?? _config.Server.Host}; "
                + "check the server address, or set tls-server-name";
        }

        var flags = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, s) => all | s.Status);
        if ((flags & X509ChainStatusFlags.NotTimeValid) != 0)
        {
            return $"its certificate, or one above it, is not valid at this time ({certificate.NotBefore:u} to {certificate.NotAfter:u}); "
                + "check the clock, or renew the certificate";
        }

        return $"its certificate was issued by {certificate.Issuer}, which {Authorities()} did not sign ({flags}); "
            + "check that this is the right server and the right certificate-authority";
    }

    private string Authorities() =>
        _config.CertificateAuthority is { } bundle ? bundle.What : "an authority of this system";

    private static string NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString()))).ToList();
        return names.Count > 0 ? string.Join(", ", names) : certificate.Subject;
    }
}
