using KubeProxyNext.Cluster.Api.Config;

namespace KubeProxyNext.Unit.Cluster.Api.Http;

/// <summary>Which servers the client speaks to, by their certificates.</summary>
internal sealed class ServerTrustTests : ApiClientFixture
{
    [TestCase("127.0.0.1", null, Description = "an IP address in the certificate")]
    [TestCase("kubernetes", "kubernetes", Description = "another name, by tls-server-name")]
    public async Task Name_InTheCertificate_IsTrusted(string certificateName, string? tlsServerName)
    {
        await using var server = await KestrelServer.StartAsync(c => Answer(c, "ok"), ServerCertificate(certificateName));
        using var client = Client(server, c => c with { TlsServerName = tlsServerName });

        Assert.That(await GetAsync(client), Is.EqualTo("ok"));
    }

    [Test]
    public async Task Name_NotInTheCertificate_IsRefused_AndBothAreSaid()
    {
        await using var server = await KestrelServer.StartAsync(c => Answer(c, "ok"), ServerCertificate("elsewhere.example"));
        using var client = Client(server);

        Assert.That(await ProblemAsync(client, server), Does.Contain("elsewhere.example").And.Contain("127.0.0.1").And.Contain("tls-server-name"));
        Assert.That(server.Requests, Is.Empty);
    }

    [Test]
    public async Task Authority_Another_IsRefused_EvenWithTheSameName()
    {
        using var other = new TestAuthority();
        await using var server = await KestrelServer.StartAsync(c => Answer(c, "ok"), ServerCertificate());
        using var client = Client(server, c => c with { CertificateAuthority = Inline(other.Pem) });

        Assert.That(await ProblemAsync(client, server), Does.Contain("not to be trusted").And.Contain("certificate-authority"));
        Assert.That(server.Requests, Is.Empty);
    }

    [Test]
    public async Task Certificate_Expired_IsRefused_AndSaysSo()
    {
        await using var server = await KestrelServer.StartAsync(
            c => Answer(c, "ok"), Authority.IssueServer("127.0.0.1", validDays: -1));
        using var client = Client(server);

        Assert.That(await ProblemAsync(client, server), Does.Contain("not valid at this time"));
    }

    [Test]
    public async Task Authority_SeveralInTheBundle_OneIsEnough()
    {
        using var other = new TestAuthority("other");
        await using var server = await KestrelServer.StartAsync(c => Answer(c, "ok"), ServerCertificate());
        using var client = Client(server, c => c with { CertificateAuthority = Inline(other.Pem + Authority.Pem) });

        Assert.That(await GetAsync(client), Is.EqualTo("ok"));
    }

    [Test]
    public async Task Authority_IntermediateAlone_IsAnAnchor()
    {
        using var intermediate = new TestAuthority("intermediate", new TestAuthority("root"));
        await using var server = await KestrelServer.StartAsync(
            c => Answer(c, "ok"), intermediate.IssueServer("127.0.0.1"));
        using var client = Client(server, c => c with { CertificateAuthority = Inline(intermediate.Pem) });

        Assert.That(await GetAsync(client), Is.EqualTo("ok"));
    }

    [Test]
    public async Task Authority_None_OnlySkipVerifyLetsItPass()
    {
        await using var server = await KestrelServer.StartAsync(c => Answer(c, "ok"), ServerCertificate());
        using var strict = Client(server, c => c with { CertificateAuthority = null });
        using var lax = Client(server, c => c with { CertificateAuthority = null, SkipTlsVerify = true });

        Assert.That(await ProblemAsync(strict, server), Does.Contain("not to be trusted"));
        Assert.That(await GetAsync(lax), Is.EqualTo("ok"));
    }

    [Test]
    public async Task Authority_Replaced_IsReadAgainAfterAFailure()
    {
        using var old = new TestAuthority("old");
        var path = Folder.Write("ca.crt", old.Pem);
        await using var server = await KestrelServer.StartAsync(c => Answer(c, "ok"), ServerCertificate());
        using var client = Client(server, c => c with { CertificateAuthority = new DataSource("ca", path, null) });
        await ProblemAsync(client, server);

        Folder.Write("ca.crt", Authority.Pem);

        Assert.That(await GetAsync(client), Is.EqualTo("ok"));
    }
}
