using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeProxyNext.ApiServer.Security;

/// <summary>The cluster's authority, made anew for each server: it signs the server's certificate and those of clients.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly DateTimeOffset _now;
    private readonly X509Certificate2 _ca;

    public CertificateAuthority(TimeProvider time)
    {
        _now = time.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _ca = request.CreateSelfSigned(_now.AddHours(-1), _now.AddDays(30));
    }

    public string Pem => _ca.ExportCertificatePem() + "\n";

    public X509Certificate2 IssueServer(IEnumerable<string> names)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var ip))
            {
                alternatives.AddIpAddress(ip);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        return Issue(new X500DistinguishedName("CN=kube-apiserver"), ServerAuthentication, alternatives.Build());
    }

    /// <summary>As Kubernetes reads them: the user is the common name, the groups are the organizations.</summary>
    public X509Certificate2 IssueClient(string user, IEnumerable<string> groups)
    {
        var subject = new X500DistinguishedNameBuilder();
        foreach (var group in groups)
        {
            subject.AddOrganizationName(group);
        }

        subject.AddCommonName(user);
        return Issue(subject.Build(), ClientAuthentication, extension: null);
    }

    public bool Signed(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    public void Dispose() => _ca.Dispose();

    private X509Certificate2 Issue(X500DistinguishedName subject, string purpose, X509Extension? extension)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        if (extension is not null)
        {
            request.CertificateExtensions.Add(extension);
        }

        using var certificate = request.Create(_ca, _now.AddHours(-1), _now.AddDays(29), RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }
}
