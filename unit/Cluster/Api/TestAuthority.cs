using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeProxyNext.Unit.Cluster.Api;

/// <summary>A certificate authority for one test.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly TestAuthority? _parent;

    public TestAuthority(string name = "test authority", TestAuthority? parent = null)
    {
        _parent = parent;
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var (from, to) = (TimeProvider.System.GetUtcNow().AddDays(-2), TimeProvider.System.GetUtcNow().AddDays(2));
        Certificate = parent is null
            ? request.CreateSelfSigned(from, to)
            : request.Create(parent.Certificate.SubjectName, parent.Signer, from, to, [7]).CopyWithPrivateKey(_key);
    }

    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem() + "\n";

    private X509SignatureGenerator Signer => X509SignatureGenerator.CreateForECDsa(_key);

    /// <param name="name">A DNS name or an IP address, or nothing for a certificate that names neither.</param>
    public X509Certificate2 IssueServer(string name, int validDays = 1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        return Issue(request, validDays).CopyWithPrivateKey(key);
    }

    /// <returns>Certificate and private key as PEM: RSA in PKCS#1, EC in SEC 1 form.</returns>
    public (string Certificate, string Key) IssueClient(string name, bool rsa)
    {
        if (rsa)
        {
            using var rsaKey = RSA.Create(2048);
            var request = new CertificateRequest($"CN={name}", rsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var certificate = Issue(request, 1);
            return (certificate.ExportCertificatePem(), rsaKey.ExportRSAPrivateKeyPem());
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = Issue(new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256), 1);
        return (issued.ExportCertificatePem(), key.ExportECPrivateKeyPem());
    }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
        _parent?.Dispose();
    }

    private X509Certificate2 Issue(CertificateRequest request, int validDays) => request.Create(
        Certificate.SubjectName,
        Signer,
        TimeProvider.System.GetUtcNow().AddDays(-2),
        TimeProvider.System.GetUtcNow().AddDays(validDays),
        Guid.NewGuid().ToByteArray());
}
