using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Api.Config;

namespace KubeProxyNext.Unit.Cluster.Api.Config;

public sealed class InClusterConfigTests
{
    private TempFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TempFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase("10.96.0.1", "https://10.96.0.1/")]
    [TestCase("fd00::1", "https://[fd00::1]/")]
    public void Pod_HasServerAndServiceAccountFromItsSurroundings(string host, string server)
    {
        _folder.Write("token", "t");
        _folder.Write("ca.crt", "c");

        var config = Load(host);

        Assert.That(config.Server, Is.EqualTo(new Uri(server)));
        Assert.That(config.User.TokenFile!.File, Is.EqualTo(Path.Combine(_folder.Path, "token")));
        Assert.That(config.CertificateAuthority!.File, Is.EqualTo(Path.Combine(_folder.Path, "ca.crt")));
    }

    [Test]
    public void Pod_Master_KeepsTheServiceAccount()
    {
        _folder.Write("token", "t");
        _folder.Write("ca.crt", "c");

        var config = Load("10.96.0.1", master: "https://10.0.0.5:6443");

        Assert.That(config.Server, Is.EqualTo(new Uri("https://10.0.0.5:6443")));
        Assert.That(config.User.TokenFile, Is.Not.Null);
    }

    [Test]
    public void Pod_WithoutToken_SaysWhatToDo() =>
        Assert.That(() => Load("10.96.0.1"), Throws.TypeOf<ApiConfigException>().With.Message.Contains("automountServiceAccountToken"));

    [Test]
    public void Manifest_WithoutAnAddressFilledIn_SaysWhereItBelongs() =>
        Assert.That(() => Load(""), Throws.TypeOf<ApiConfigException>().With.Message.Contains("KUBERNETES_SERVICE_HOST is empty"));

    private ApiServerConfig Load(string host, string? master = null) => new ConfigLoader(
        name => name switch { "KUBERNETES_SERVICE_HOST" => host, "KUBERNETES_SERVICE_PORT" => "443", _ => null }, _folder.Path).Load(null, master);
}
