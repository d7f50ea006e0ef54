using System.Text;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Api.Config;

namespace KubeProxyNext.Unit.Cluster.Api.Config;

public sealed class KubeConfigTests
{
    private const string Complete = """
        apiVersion: v1
        kind: Config
        current-context: prod
        contexts:
        - name: test
          context: {cluster: test, user: nobody}
        - name: prod
          context: {cluster: prod, user: me}
        clusters:
        - name: prod
          cluster:
            server: https://10.0.0.1:6443
            certificate-authority: pki/ca.crt
            tls-server-name: kubernetes
            proxy-url: http://proxy:3128
        users:
        - name: me
          user: {token: secret}
        """;

    private TempFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TempFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void File_CurrentContext_DecidesClusterAndUser()
    {
        var path = _folder.Write("config", Complete);

        var config = Load(path);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(config.Server, Is.EqualTo(new Uri("https://10.0.0.1:6443")));
            Assert.That(config.TlsServerName, Is.EqualTo("kubernetes"));
            Assert.That(config.Proxy, Is.EqualTo(new Uri("http://proxy:3128")));
            Assert.That(config.CertificateAuthority!.File, Is.EqualTo(Path.Combine(_folder.Path, "pki/ca.crt")), "relative to the file");
            Assert.That(config.User.Token, Is.EqualTo("secret"));
            Assert.That(config.Origin, Is.EqualTo($"context \"prod\" in {path}"));
        }
    }

    [Test]
    public void File_NestedWithoutEnd_IsRefused() =>
        Assert.That(() => Load(_folder.Write("config", new string('[', 100_000))), Throws.InstanceOf<ApiConfigException>().With.Message.Contains("nested deeper than"));

    [Test]
    public void Folder_IsRefusedAsOne() =>
        Assert.That(() => Load(_folder.Path), Throws.TypeOf<ApiConfigException>().With.Message.EqualTo($"cannot read the kubeconfig {_folder.Path}: it is a folder"));

    [Test]
    public void File_LargerThanAnyKubeconfig_IsRefused() =>
        Assert.That(() => Load("/dev/zero"), Throws.InstanceOf<ApiConfigException>().With.Message.Contains("more than 1048576 bytes"));

    [TestCase("{a: &x [*x]}")]
    [TestCase("&x {a: *x}")]
    public void ClusterInfo_ThatHoldsItself_IsRefused(string extension)
    {
        var path = _folder.Write("config", """
            current-context: c
            contexts: [{name: c, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://10.0.0.1", extensions: [{name: client.authentication.k8s.io/exec, extension: HERE}]}}]
            users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Never, provideClusterInfo: true}}}]
            """.Replace("HERE", extension, StringComparison.Ordinal));

        Assert.That(() => Load(path), Throws.InstanceOf<ApiConfigException>().With.Message.Contains("too deep or too large"));
    }

    [Test]
    public void Master_OverridesTheServerAlone()
    {
        var config = Load(_folder.Write("config", Complete), master: "https://10.9.9.9");

        Assert.That(config.Server, Is.EqualTo(new Uri("https://10.9.9.9")));
        Assert.That(config.User.Token, Is.EqualTo("secret"));
    }

    [Test]
    public void Variable_SeveralFiles_FirstToNameSomethingWins()
    {
        var first = _folder.Write("a/config", "current-context: prod\nusers:\n- name: me\n  user: {tokenFile: token}\n");
        var second = _folder.Write("b/config", Complete.Replace("current-context: prod", "current-context: test", StringComparison.Ordinal));

        var config = LoadVariable($"{first}:/nonexistent/config:{second}");

        Assert.That(config.Server.Host, Is.EqualTo("10.0.0.1"), "the cluster of the second file");
        Assert.That(config.User.Token, Is.Null);
        Assert.That(config.User.TokenFile!.File, Is.EqualTo(Path.Combine(_folder.Path, "a/token")), "beside the file that names it");
    }

    [Test]
    public void Data_Inline_WinsOverTheFile()
    {
        var pem = Convert.ToBase64String("PEM"u8);
        var path = _folder.Write(
            "config", Complete.Replace("{token: secret}", $"{{client-certificate-data: {pem}, client-certificate: x, client-key: k}}", StringComparison.Ordinal));

        var user = Load(path).User;

        Assert.That(Encoding.UTF8.GetString(user.ClientCertificate!.Read()), Is.EqualTo("PEM"));
        Assert.That(user.ClientKey!.File, Is.EqualTo(Path.Combine(_folder.Path, "k")));
    }

    [Test]
    public void Exec_CommandWithAFolder_LiesBesideTheFile()
    {
        var path = _folder.Write("config", Complete.Replace("{token: secret}", """
            {exec: {apiVersion: client.authentication.k8s.io/v1, command: bin/login, args: [get, token], installHint: apt install login, env: [{name: A, value: b}], interactiveMode: IfAvailable, provideClusterInfo: true}}
            """, StringComparison.Ordinal).Replace("certificate-authority: pki/ca.crt", """
            extensions:
                - name: client.authentication.k8s.io/exec
                  extension: {audience: "1", port: 6443, deep: [true, null, text]}
            """, StringComparison.Ordinal));

        var exec = Load(path).User.Exec!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(exec.Command, Is.EqualTo(Path.Combine(_folder.Path, "bin/login")));
            Assert.That(exec.Arguments, Is.EqualTo(["get", "token"]));
            Assert.That(exec.Environment, Is.EqualTo([KeyValuePair.Create("A", "b")]));
            Assert.That(exec.InstallHint, Is.EqualTo("apt install login"));
            Assert.That(exec.ClusterInfo, Is.EqualTo(
                """{"server":"https://10.0.0.1:6443","tls-server-name":"kubernetes","proxy-url":"http://proxy:3128","config":{"audience":"1","port":6443,"deep":[true,null,"text"]}}"""));
        }
    }

    [TestCase("current-context: prod", "", "no current-context")]
    [TestCase("current-context: prod", "current-context: prd", "asks for context \"prd\", which is not there; there is \"test\", \"prod\"")]
    [TestCase("user: me}", "user: you}", "asks for user \"you\"")]
    [TestCase("cluster: prod,", "cluster: none,", "asks for cluster \"none\"")]
    [TestCase("cluster: prod,", "", "cluster is missing")]
    [TestCase("server: https://10.0.0.1:6443", "", "server is missing in cluster \"prod\"")]
    [TestCase("https://10.0.0.1:6443", "ftp://x", "should be a URL such as https://10.0.0.1:6443, not 'ftp://x'")]
    [TestCase("proxy-url: http://proxy:3128", "proxy-url: proxy", "proxy-url should be a URL")]
    [TestCase("tls-server-name: kubernetes", "insecure-skip-tls-verify: true", "contradicts")]
    [TestCase("tls-server-name: kubernetes", "insecure-skip-tls-verify: maybe", "true or false, not 'maybe'")]
    [TestCase("tls-server-name: kubernetes", "tls-server-name: [a]", ":14: tls-server-name should be a single value")]
    [TestCase("certificate-authority: pki/ca.crt", "certificate-authority-data: '%'", "certificate-authority-data of cluster \"prod\"")]
    [TestCase("token: secret", "client-certificate: x", "client-key is missing")]
    [TestCase("token: secret", "auth-provider: {name: oidc}", "use an exec plugin")]
    [TestCase("token: secret", "exec: {command: x}", "apiVersion is missing")]
    [TestCase("token: secret", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}", "should be client.authentication.k8s.io/v1 or")]
    [TestCase("token: secret", "exec: {apiVersion: client.authentication.k8s.io/v1}", "command is missing")]
    [TestCase("token: secret", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always}", "no terminal")]
    [TestCase("contexts:", "contexts: [", "not valid YAML")]
    [TestCase("user: {token: secret}", "user: {exec: {args: [a],\n  env: []}}", "not valid YAML")]
    public void Mistake_IsNamed(string from, string to, string expected)
    {
        var path = _folder.Write("config", Complete.Replace(from, to, StringComparison.Ordinal));

        var error = Assert.Throws<ApiConfigException>(() => Load(path))!;

        Assert.That(error.Message, Does.Contain(expected).And.Contain(path));
    }

    [Test]
    public void File_Missing_IsSaidWithItsPath()
    {
        var path = Path.Combine(_folder.Path, "nowhere");

        Assert.That(() => Load(path), Throws.TypeOf<ApiConfigException>().With.Message.Contains(path));
        Assert.That(() => LoadVariable(path), Throws.TypeOf<ApiConfigException>().With.Message.Contains("KUBECONFIG"));
    }

    [Test]
    public void Nothing_SaysWhatToDo() =>
        Assert.That(() => LoadVariable(null), Throws.TypeOf<ApiConfigException>().With.Message.Contains("--kubeconfig"));

    private static ApiServerConfig Load(string path, string? master = null) => new ConfigLoader(_ => null, "/nonexistent").Load(path, master);

    private static ApiServerConfig LoadVariable(string? value) =>
        new ConfigLoader(name => name == "KUBECONFIG" ? value : null, "/nonexistent").Load(null, null);
}
